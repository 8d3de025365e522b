// Copies of objects of any size: one request copies 5 GiB at most, what is larger is copied in parts.
import { ApiError } from './errors';
import { type ObjectAcl, oss, type Part } from './oss';

export interface ObjectName {
  bucket: string;
  key: string;
}
export interface CopyOptions {
  overwrite: boolean;
  acl?: ObjectAcl; // a copy has the bucket's access, unless it is told another
  signal: AbortSignal;
}

const PART_BYTES = 1024 ** 3;

// The byte ranges of the parts: first and last.
export function rangesOf(size: number, part = PART_BYTES): [number, number][] {
  return Array.from({ length: Math.ceil(size / part) }, (_, i) =>
    [i * part, Math.min((i + 1) * part, size) - 1]);
}

async function copyParts(from: ObjectName, to: ObjectName, { overwrite, acl, signal }: CopyOptions) {
  const head = await oss.headObject(from.bucket, from.key, { signal });
  const uploadId = await oss.initiateMultipartUpload(
    to.bucket, to.key, head.contentType, overwrite, { signal }, oss.headersOf(head));
  try {
    const parts: Part[] = [];
    for (const [i, [first, last]] of rangesOf(head.size).entries()) {
      const etag = await oss.uploadPartCopy(
        { ...from, etag: head.etag, first, last }, { ...to, uploadId, number: i + 1 }, { signal });
      parts.push({ number: i + 1, etag, size: last - first + 1 });
    }
    await oss.completeMultipartUpload(to.bucket, to.key, uploadId, parts, overwrite, acl);
  } catch (error) {
    // The error is what is told; what is left of the upload, housekeeping removes.
    await oss.abortMultipartUpload(to.bucket, to.key, uploadId).catch(() => undefined);
    throw error;
  }
}

export async function copyWhole(from: ObjectName, to: ObjectName, options: CopyOptions): Promise<void> {
  options.signal.throwIfAborted();
  try {
    await oss.copyObject(from, to, undefined, options.overwrite, options.acl);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'EntityTooLarge') throw error;
    await copyParts(from, to, options);
  }
}

// To another name. Whom the object itself let in, it lets in there too.
export async function moveWhole(from: ObjectName, to: ObjectName, options: CopyOptions): Promise<void> {
  const acl = await oss.getObjectAcl(from.bucket, from.key, { signal: options.signal });
  await copyWhole(from, to, { ...options, acl });
  await oss.deleteObject(from.bucket, from.key);
}
