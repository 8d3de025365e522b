// Names of objects as they are shown and sent.

// A name may have any characters; those that cannot be seen are shown by their pictures.
export function visible(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f]/g, (c) =>
    c === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0)));
}

// What comes behind the folder that is shown.
export function shortName(name: string, folder: string): string {
  return visible(name.slice(folder.length)) || '/';
}

export const fileName = (key: string) => key.slice(key.replace(/\/$/, '').lastIndexOf('/') + 1);
export const extension = (key: string) => /\.([^./]+)$/.exec(key)?.[1]?.toLowerCase() ?? '';

// What OSS and S3 both allow.
export const BUCKET_NAME = /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/;

// The address of a place in the console. Names go into the query, where every character is safe.
export function placeOf(bucket: string, prefix = ''): string {
  return `/objects/${bucket}` + (prefix && `?prefix=${encodeURIComponent(prefix)}`);
}

// Where somebody is let in to what is there.
export const givePath = (bucket: string, prefix: string) =>
  `/people/give?${new URLSearchParams({ bucket, prefix }).toString()}`;

export function attachment(key: string): string {
  const name = encodeURIComponent(fileName(key)).replace(/['()*]/g, (c) =>
    `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename*=UTF-8''${name}`;
}
