// OSS. Operations and parameters have the vendor's names; what comes back has ours.
import { encodeKey } from './encode';
import { ApiError } from './errors';
import { type Options, ossLink, ossRequest } from './http';
import { session } from './session';
import { sessionForLink } from './signin';
import type { OssRequest, Query } from './oss4';
import { rowsOf, textOf } from './rows';

export type Acl = 'private' | 'public-read' | 'public-read-write';
export type ObjectAcl = Acl | 'default';

export interface Bucket {
  name: string;
  created: string;
  storageClass: string;
}
export interface BucketInfo extends Bucket {
  acl: Acl;
  location: string;
  endpoint: string;
  versioning: string; // empty: never on
  redundancy: string;
}
export interface BucketStat {
  bytes: number;
  objects: number;
  uploads: number;
}
export interface ObjectEntry {
  key: string;
  size: number;
  modified: string;
  etag: string;
}
export interface Listing {
  objects: ObjectEntry[];
  prefixes: string[];
  next?: string; // continuation token
}
export interface ObjectHead {
  size: number;
  contentType: string;
  modified: string;
  etag: string;
  crc64: string;
  type: string; // Normal, Appendable, Multipart
  storageClass: string;
  headers: Record<string, string>; // Cache-Control…, those that are set
  metadata: Record<string, string>;
}

// What an object is stored with, beside its bytes.
export const STORED_HEADERS = [
  'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires',
];
const META = 'x-oss-meta-';

async function xml(response: Response): Promise<Element> {
  const text = await response.text();
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement;
  if (root.querySelector('parsererror')) throw new ApiError(0, 'BadAnswer', text.slice(0, 200));
  return root;
}

const child = (element: Element, name: string) =>
  element.getElementsByTagName(name)[0]?.textContent ?? '';
const all = (element: Element, name: string) => Array.from(element.getElementsByTagName(name));

function escapeXml(text: string): string {
  return text.replace(/[<>&\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

const bucketOf = (element: Element): Bucket => ({
  name: child(element, 'Name'),
  created: child(element, 'CreationDate'),
  storageClass: child(element, 'StorageClass'),
});

// A key of "." or ".." between slashes would be resolved away by the browser before it is sent.
function check(request: OssRequest): OssRequest {
  if (request.key?.split('/').some((part) => part === '.' || part === '..')) {
    throw new ApiError(400, 'NotFromBrowsers',
      'Browsers cannot send names with the folders "." or "..". Use another client for this object.');
  }
  return request;
}

function call(
  method: string, bucket: string | undefined, key: string | undefined, query?: Query,
  more: Options & { headers?: Record<string, string>; body?: BodyInit } = {},
): Promise<Response> {
  const { headers, body, ...options } = more;
  return ossRequest(check({ method, bucket, key, query, headers }), body, options);
}

const sourceOf = ({ bucket, key }: { bucket: string; key: string }) => `/${bucket}/${encodeKey(key)}`;

export interface Part {
  number: number;
  etag: string;
  size: number;
}

export const oss = {
  async listBuckets(options: Options = {}): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const query: Query = { 'max-keys': '1000', ...(marker && { marker }) };
      const root = await xml(await call('GET', undefined, undefined, query, options));
      buckets.push(...all(root, 'Bucket').map(bucketOf));
      marker = child(root, 'NextMarker') || undefined;
    }
    return buckets;
  },

  async putBucket(bucket: string, acl: Acl): Promise<void> {
    await call('PUT', bucket, undefined, {}, { headers: { 'x-oss-acl': acl } });
  },
  async deleteBucket(bucket: string): Promise<void> {
    await call('DELETE', bucket, undefined);
  },
  async getBucketInfo(bucket: string, options: Options = {}): Promise<BucketInfo> {
    const root = await xml(
      await call('GET', bucket, undefined, { bucketInfo: undefined }, options));
    const found = all(root, 'Bucket')[0]!;
    return {
      ...bucketOf(found),
      acl: child(found, 'Grant') as Acl,
      location: child(found, 'Location'),
      endpoint: child(found, 'ExtranetEndpoint'),
      versioning: child(found, 'Versioning'),
      redundancy: child(found, 'DataRedundancyType'),
    };
  },
  async getBucketStat(bucket: string, options: Options = {}): Promise<BucketStat> {
    const root = await xml(await call('GET', bucket, undefined, { stat: undefined }, options));
    return {
      bytes: Number(child(root, 'Storage')),
      objects: Number(child(root, 'ObjectCount')),
      uploads: Number(child(root, 'MultipartUploadCount')),
    };
  },
  async putBucketAcl(bucket: string, acl: Acl): Promise<void> {
    await call('PUT', bucket, undefined, { acl: undefined }, { headers: { 'x-oss-acl': acl } });
  },

  // Undefined: there is none.
  async getBucketPolicy(bucket: string, options: Options = {}): Promise<string | undefined> {
    try {
      return await (await call('GET', bucket, undefined, { policy: undefined }, options)).text();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'NoSuchBucketPolicy') return undefined;
      throw error;
    }
  },
  async putBucketPolicy(bucket: string, policy: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await call('PUT', bucket, undefined, { policy: undefined }, { headers, body: policy });
  },
  async deleteBucketPolicy(bucket: string): Promise<void> {
    await call('DELETE', bucket, undefined, { policy: undefined });
  },
  // Whether the policy lets in anybody.
  async isPolicyPublic(bucket: string, options: Options = {}): Promise<boolean> {
    const root = await xml(await call('GET', bucket, undefined, { policyStatus: undefined }, options));
    return child(root, 'IsPublic') === 'true';
  },
  // Of a bucket, or of the whole account.
  async getPublicAccessBlock(bucket: string | undefined, options: Options = {}): Promise<boolean> {
    const root = await xml(await call('GET', bucket, undefined, { publicAccessBlock: undefined }, options));
    return child(root, 'BlockPublicAccess') === 'true';
  },
  async putPublicAccessBlock(bucket: string | undefined, blocked: boolean): Promise<void> {
    const name = 'PublicAccessBlockConfiguration';
    const body = `<${name}><BlockPublicAccess>${blocked}</BlockPublicAccess></${name}>`;
    const headers = { 'content-type': 'application/xml' };
    await call('PUT', bucket, undefined, { publicAccessBlock: undefined }, { headers, body });
  },

  async listObjects(
    bucket: string, parameters: {
      prefix?: string; delimiter?: string; token?: string; startAfter?: string; maxKeys?: number;
    }, options: Options = {},
  ): Promise<Listing> {
    const { prefix, delimiter, token, startAfter, maxKeys = 1000 } = parameters;
    const query: Query = { 'list-type': '2', 'encoding-type': 'url', 'max-keys': String(maxKeys) };
    if (prefix) query.prefix = prefix;
    if (delimiter) query.delimiter = delimiter;
    if (token) query['continuation-token'] = token;
    if (startAfter) query['start-after'] = startAfter;
    const text = await (await call('GET', bucket, undefined, query, options)).text();
    const listing: Listing = { objects: [], prefixes: [] };
    const next = textOf(text, 'NextContinuationToken');
    if (next) listing.next = next;
    for (const { Prefix = '' } of rowsOf(text, 'CommonPrefixes')) {
      listing.prefixes.push(decodeURIComponent(Prefix));
    }
    for (const { Key = '', Size, LastModified = '', ETag = '' } of rowsOf(text, 'Contents')) {
      listing.objects.push({
        key: decodeURIComponent(Key), size: Number(Size), modified: LastModified,
        etag: ETag.replaceAll('"', ''),
      });
    }
    return listing;
  },

  async headObject(bucket: string, key: string, options: Options = {}): Promise<ObjectHead> {
    const { headers } = await call('HEAD', bucket, key, {}, options);
    const get = (name: string) => headers.get(name) ?? '';
    const found = Array.from(headers.entries());
    return {
      size: Number(get('content-length')),
      contentType: get('content-type'),
      modified: get('last-modified'),
      etag: get('etag').replaceAll('"', ''),
      crc64: get('x-oss-hash-crc64ecma'),
      type: get('x-oss-object-type'),
      storageClass: get('x-oss-storage-class'),
      headers: Object.fromEntries(found.filter(([name]) => STORED_HEADERS.includes(name))),
      metadata: Object.fromEntries(
        found.filter(([name]) => name.startsWith(META))
          .map(([name, value]) => [name.slice(META.length), value])),
    };
  },
  // With which it would be stored like this once more.
  headersOf({ headers, metadata }: ObjectHead): Record<string, string> {
    const own = Object.entries(metadata).map(([name, value]) => [META + name, value] as const);
    return { ...headers, ...Object.fromEntries(own) };
  },
  // The first `most` bytes.
  async getStart(bucket: string, key: string, most: number, options: Options = {}) {
    const headers = { range: `bytes=0-${most - 1}` };
    try {
      return new Uint8Array(
        await (await call('GET', bucket, key, {}, { ...options, headers })).arrayBuffer());
    } catch (error) {
      // There is no range in an empty object.
      if (error instanceof ApiError && error.status === 416) return new Uint8Array();
      throw error;
    }
  },
  async putObject(bucket: string, key: string, body: BodyInit, contentType: string) {
    await call('PUT', bucket, key, {}, { headers: { 'content-type': contentType }, body });
  },
  async copyObject(
    from: { bucket: string; key: string }, to: { bucket: string; key: string },
    replace?: { contentType: string; headers: Record<string, string>; metadata: Record<string, string> },
    overwrite = false, acl: ObjectAcl = 'default',
  ): Promise<void> {
    const headers: Record<string, string> = { 'x-oss-copy-source': sourceOf(from) };
    if (acl !== 'default') headers['x-oss-object-acl'] = acl;
    if (replace) {
      headers['x-oss-metadata-directive'] = 'REPLACE';
      headers['content-type'] = replace.contentType;
      Object.assign(headers, replace.headers);
      for (const [name, value] of Object.entries(replace.metadata)) headers[META + name] = value;
    }
    if (!overwrite) headers['x-oss-forbid-overwrite'] = 'true';
    await call('PUT', to.bucket, to.key, {}, { headers });
  },
  async deleteObject(bucket: string, key: string): Promise<void> {
    await call('DELETE', bucket, key);
  },
  // At most 1,000 at a time. Throws with the first that could not be deleted.
  async deleteObjects(bucket: string, keys: string[], options: Options = {}): Promise<void> {
    const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
    const body = `<Delete><Quiet>true</Quiet>${objects}</Delete>`;
    const headers = { 'content-type': 'application/xml' };
    const response =
      await call('POST', bucket, undefined, { delete: undefined }, { ...options, headers, body });
    const text = await response.text();
    const failed = text && new DOMParser().parseFromString(text, 'text/xml').querySelector('Error');
    if (failed) {
      throw new ApiError(403, child(failed, 'Code'), `${child(failed, 'Key')}: ${child(failed, 'Message')}`);
    }
  },
  async getObjectAcl(bucket: string, key: string, options: Options = {}): Promise<ObjectAcl> {
    const root = await xml(await call('GET', bucket, key, { acl: undefined }, options));
    return child(root, 'Grant') as ObjectAcl;
  },
  async putObjectAcl(bucket: string, key: string, acl: ObjectAcl): Promise<void> {
    await call('PUT', bucket, key, { acl: undefined }, { headers: { 'x-oss-object-acl': acl } });
  },
  // A path on this server that can be opened for `seconds`, or until the session ends.
  link(bucket: string, key: string, seconds: number, query: Query = {}): Promise<string> {
    return ossLink(check({ method: 'GET', bucket, key, query }), seconds);
  },
  // One for others, which works when whoever made it has signed out; how long, in ms since 1970.
  async share(bucket: string, key: string, seconds: number): Promise<{ path: string; until: number }> {
    const signer = session.get()?.key ?? (await sessionForLink(bucket, key, seconds));
    const path = await ossLink(check({ method: 'GET', bucket, key }), seconds, signer);
    return { path, until: Math.min(signer.expires ?? Infinity, Date.now() + seconds * 1000) };
  },

  async initiateMultipartUpload(
    bucket: string, key: string, contentType: string, overwrite: boolean, options: Options = {},
    more: Record<string, string> = {},
  ): Promise<string> {
    const headers: Record<string, string> = { ...more, 'content-type': contentType };
    if (!overwrite) headers['x-oss-forbid-overwrite'] = 'true';
    const response =
      await call('POST', bucket, key, { uploads: undefined }, { ...options, headers });
    return child(await xml(response), 'UploadId');
  },
  // The bytes from `first` to `last` of another object, as long as it is the one of that ETag.
  async uploadPartCopy(
    from: { bucket: string; key: string; etag: string; first: number; last: number },
    to: { bucket: string; key: string; uploadId: string; number: number }, options: Options = {},
  ): Promise<string> {
    const headers = {
      'x-oss-copy-source': sourceOf(from),
      'x-oss-copy-source-range': `bytes=${from.first}-${from.last}`,
      'x-oss-copy-source-if-match': `"${from.etag}"`,
    };
    const query = { partNumber: String(to.number), uploadId: to.uploadId };
    const response = await call('PUT', to.bucket, to.key, query, { ...options, headers });
    return child(await xml(response), 'ETag');
  },
  async completeMultipartUpload(
    bucket: string, key: string, uploadId: string, parts: Part[], overwrite: boolean,
    acl: ObjectAcl = 'default',
  ): Promise<void> {
    const rows = parts.map(({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`);
    const body = `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`;
    const headers: Record<string, string> = { 'content-type': 'application/xml' };
    if (!overwrite) headers['x-oss-forbid-overwrite'] = 'true';
    if (acl !== 'default') headers['x-oss-object-acl'] = acl;
    await (await call('POST', bucket, key, { uploadId }, { headers, body })).text();
  },
  // The first thousand that were begun and not ended.
  async listMultipartUploads(bucket: string, options: Options = {}): Promise<{ key: string; uploadId: string }[]> {
    const query = { uploads: undefined, 'encoding-type': 'url', 'max-uploads': '1000' };
    const text = await (await call('GET', bucket, undefined, query, options)).text();
    return rowsOf(text, 'Upload').map(({ Key = '', UploadId = '' }) =>
      ({ key: decodeURIComponent(Key), uploadId: UploadId }));
  },
  async abortMultipartUpload(bucket: string, key: string, uploadId: string): Promise<void> {
    await call('DELETE', bucket, key, { uploadId });
  },
};
