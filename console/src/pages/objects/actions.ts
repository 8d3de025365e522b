// What is done to many objects at once, a folder's included.
import { oss } from '../../api/oss';
import { copyWhole, moveWhole } from '../../api/ossCopy';
import { attachment } from './names';

const AT_ONCE = 1000; // keys in one request

export interface Work {
  signal: AbortSignal;
  onProgress: (objects: number) => void;
}

const EVERYTHING = ''; // the folder that all is in
const isFolder = (name: string) => name === EVERYTHING || name.endsWith('/');

// The keys of objects, and of all that is in folders.
async function* keysOf(bucket: string, names: string[], signal: AbortSignal): AsyncGenerator<string[]> {
  const plain = names.filter((name) => !isFolder(name));
  for (let i = 0; i < plain.length; i += AT_ONCE) yield plain.slice(i, i + AT_ONCE);
  for (const prefix of names.filter(isFolder)) {
    // Where this deletes or moves, the next page is again the first: so go on behind the last key.
    for (let startAfter: string | undefined; ;) {
      const page = await oss.listObjects(bucket, { prefix, startAfter }, { signal });
      const keys = page.objects.map(({ key }) => key);
      if (keys.length > 0) yield keys;
      if (!page.next) break;
      startAfter = keys.at(-1);
    }
  }
}

export async function deleteAll(bucket: string, names: string[], { signal, onProgress }: Work) {
  let done = 0;
  for await (const keys of keysOf(bucket, names, signal)) {
    await oss.deleteObjects(bucket, keys, { signal });
    onProgress((done += keys.length));
  }
}

// All that is in a bucket, and what was begun to be uploaded: a bucket with either cannot be deleted.
export async function emptyBucket(bucket: string, work: Work) {
  await deleteAll(bucket, [EVERYTHING], work);
  await discardUploads(bucket, work.signal);
}

export async function discardUploads(bucket: string, signal: AbortSignal) {
  // What is discarded is not listed again, so that the next page is the first.
  for (;;) {
    const found = await oss.listMultipartUploads(bucket, { signal });
    if (found.length === 0) return;
    for (const { key, uploadId } of found) {
      signal.throwIfAborted();
      await oss.abortMultipartUpload(bucket, key, uploadId);
    }
  }
}

export interface Target {
  bucket: string;
  prefix: string;
  overwrite: boolean;
}

// To the same names below another prefix; `from` is the folder that they are named from.
export async function copyAll(
  bucket: string, names: string[], from: string, to: Target, move: boolean, work: Work,
) {
  let done = 0;
  for await (const keys of keysOf(bucket, names, work.signal)) {
    for (const key of keys) {
      const target = { bucket: to.bucket, key: to.prefix + key.slice(from.length) };
      await (move ? moveWhole : copyWhole)({ bucket, key }, target,
        { overwrite: to.overwrite, signal: work.signal });
      work.onProgress(++done);
    }
  }
}

// The new name may be a folder's, too.
export async function rename(bucket: string, name: string, to: string, work: Work) {
  if (!isFolder(name)) {
    await moveWhole({ bucket, key: name }, { bucket, key: to }, { overwrite: false, signal: work.signal });
    return work.onProgress(1);
  }
  await copyAll(bucket, [name], name, { bucket, prefix: to, overwrite: false }, true, work);
}

const LINK_SECONDS = 600;

export async function download(bucket: string, key: string) {
  const link = await oss.link(bucket, key, LINK_SECONDS, {
    'response-content-disposition': attachment(key),
  });
  const anchor = document.createElement('a');
  anchor.href = link;
  anchor.download = '';
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}
