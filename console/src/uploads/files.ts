// What was dropped or chosen, as files with the names that they get.
import type { Wanted } from './store';

export const MOST_FILES = 100_000; // more than that no tab should hold

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...some);
  }
}

export async function droppedFiles(data: DataTransfer, prefix: string): Promise<Wanted[]> {
  // All of it now: what was dropped is gone when the event is over.
  const roots = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  if (roots.length === 0) return chosenFiles(data.files, prefix);
  const wanted: Wanted[] = [];
  const open: FileSystemEntry[] = roots.reverse();
  for (let entry = open.pop(); entry && wanted.length < MOST_FILES; entry = open.pop()) {
    if (entry.isDirectory) {
      open.push(...(await entriesOf(entry as FileSystemDirectoryEntry)).reverse());
    } else {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject));
      wanted.push({ file, key: prefix + entry.fullPath.replace(/^\//, '') });
    }
  }
  return wanted;
}

export function chosenFiles(files: FileList, prefix: string): Wanted[] {
  return Array.from(files, (file) => ({ file, key: prefix + (file.webkitRelativePath || file.name) }));
}
