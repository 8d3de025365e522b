// All uploads of this tab, whichever page is shown.
import { session } from '../api/session';
import { Slots } from './slots';
import { Upload } from './upload';

const AT_ONCE = 4;
const NOTIFY_MS = 150;

export interface Wanted {
  file: File;
  key: string;
}

class UploadStore {
  private uploads: Upload[] = [];
  private slots = new Slots(AT_ONCE);
  private listeners = new Set<() => void>();
  private finished = new Set<(bucket: string) => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private snapshot: readonly Upload[] = [];

  get = () => this.snapshot;
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  // Told when files have come into a bucket.
  onFinished(listener: (bucket: string) => void) {
    this.finished.add(listener);
    return () => this.finished.delete(listener);
  }

  add(bucket: string, files: Wanted[]) {
    for (const { file, key } of files) {
      const upload = new Upload(bucket, key, file, this.slots, () => this.changed());
      this.uploads.push(upload);
      void this.run(upload);
    }
    this.changed();
  }
  retry(upload: Upload, overwrite = upload.overwrite) {
    upload.overwrite = overwrite;
    void this.run(upload);
  }
  pauseAll() {
    for (const upload of this.uploads) upload.pause();
  }
  resumeAll() {
    for (const upload of this.uploads) if (upload.state === 'paused') void this.run(upload);
  }
  cancel(upload: Upload) {
    void upload.cancel();
    this.uploads = this.uploads.filter((other) => other !== upload);
    this.changed();
  }
  // Takes what has ended off the list.
  clear() {
    for (const upload of this.uploads) if (upload.state === 'failed') void upload.cancel();
    this.uploads = this.uploads.filter((upload) => upload.active || upload.state === 'paused');
    this.changed();
  }
  cancelAll() {
    for (const upload of this.uploads) if (upload.state !== 'done') void upload.cancel();
    this.uploads = [];
    this.changed();
  }

  private async run(upload: Upload) {
    await upload.run();
    if (upload.state === 'done') for (const listener of this.finished) listener(upload.bucket);
  }

  // A folder of thousands of files changes all the time: the page hears of it now and then.
  private changed() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.snapshot = [...this.uploads];
      for (const listener of this.listeners) listener();
    }, NOTIFY_MS);
  }
}

export const uploads = new UploadStore();

// Nobody's uploads go on with another's key.
let owner: string | undefined;
session.subscribe(() => {
  const arn = session.get()?.identity.arn;
  if (arn !== owner) uploads.cancelAll();
  owner = arn;
});
addEventListener('beforeunload', (event) => {
  if (uploads.get().some((upload) => upload.active)) event.preventDefault();
});
