// One PUT with progress, which fetch does not tell of.
import { ApiError, readError } from '../api/errors';
import { signedUpload } from '../api/http';
import type { OssRequest } from '../api/oss4';
import { session } from '../api/session';

// An answer that does not come at all is no answer: a connection can be gone without a word.
const SILENCE_MS = 60_000;

export async function put(
  request: OssRequest, body: Blob, signal: AbortSignal, onProgress: (bytes: number) => void,
): Promise<string> {
  const { credential, path, headers } = await signedUpload(request);
  signal.throwIfAborted();
  return new Promise<string>((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => xhr.abort(), SILENCE_MS);
    };
    const abort = () => xhr.abort();
    const gone = () => reject(signal.aborted ? (signal.reason as Error)
      : new ApiError(0, 'NoAnswer', 'The connection was lost.'));
    signal.addEventListener('abort', abort);
    xhr.upload.onprogress = ({ loaded }) => {
      heard();
      onProgress(loaded);
    };
    xhr.onerror = gone;
    xhr.onabort = gone;
    xhr.onload = () => {
      if (xhr.status < 300) return resolve((xhr.getResponseHeader('etag') ?? '').replaceAll('"', ''));
      const type = xhr.getResponseHeader('content-type') ?? '';
      const error = readError(xhr.status, type, xhr.responseText);
      if (!error.expired) return reject(error);
      void session.refused(credential).finally(() => reject(error));
    };
    xhr.onloadend = () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', abort);
    };
    xhr.open(request.method, path);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    heard();
    xhr.send(body);
  });
}
