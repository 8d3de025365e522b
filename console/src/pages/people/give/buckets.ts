// The names of the buckets that the caller may list.
import { type Options, ossRequest } from '../../../api/http';

export async function listBucketNames(options: Options = {}): Promise<string[]> {
  const names: string[] = [];
  for (let marker: string | undefined = ''; marker !== undefined;) {
    const query = { 'max-keys': '1000', ...(marker && { marker }) };
    const response = await ossRequest({ method: 'GET', query }, undefined, options);
    const root = new DOMParser().parseFromString(await response.text(), 'text/xml').documentElement;
    names.push(...Array.from(root.querySelectorAll('Bucket > Name'), (name) => name.textContent ?? ''));
    marker = root.querySelector('NextMarker')?.textContent || undefined;
  }
  return names;
}
