// Runs the JavaScript clients for the tests: one JSON command a line in, one JSON answer a line out.
// Bytes travel as {"$bytes": base64} and dates for the AWS SDK as {"$date": text}.
'use strict';

const fs = require('fs');
const readline = require('readline');
const { Readable } = require('stream');

const AliOss = require('ali-oss');
const s3 = require('@aws-sdk/client-s3');
const { Upload } = require('@aws-sdk/lib-storage');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');

const clients = new Map();

function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (value && typeof value === 'object') {
    if (typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
    if (typeof value.$date === 'string') return new Date(value.$date);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
  }
  return value;
}

function plain(value) {
  if (value === undefined || typeof value === 'function') return null;
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => [k, plain(v)]));
  }
  return value;
}

// ali-oss

function aliOss(options, bucket) {
  const client = new AliOss(options);
  if (bucket) client.useBucket(bucket);
  return client;
}

async function callAliOss(options, { bucket, method, args, take }) {
  const client = aliOss(options, bucket);
  const result = await client[method](...args);
  if (typeof result === 'string') return result;
  const response = result.res || {};
  if (response.status === 304) {
    throw Object.assign(new Error('Not Modified'), { status: 304, code: 'NotModified' });
  }
  const answer = { status: response.status, headers: response.headers };
  for (const name of take || []) answer[name] = result[name];
  return answer;
}

async function streamAliOss(options, { bucket, key, chunks, headers }) {
  const client = aliOss(options, bucket);
  const result = await client.putStream(key, Readable.from(chunks, { objectMode: false }), { headers });
  return { status: result.res.status, headers: result.res.headers };
}

function aliOssError(error) {
  const headers = (error.res && error.res.headers) || error.headers;
  return { status: error.status, code: error.code, message: error.message, ec: error.ecCode, headers };
}

// @aws-sdk/client-s3

function s3Client(options) {
  const name = JSON.stringify(options);
  if (!clients.has(name)) {
    const client = new s3.S3Client({ ...options, forcePathStyle: true, maxAttempts: 1 });
    client.middlewareStack.add((next) => async (args) => {
      const result = await next(args);
      if (result.output) {
        result.output.$answer = { headers: result.response.headers, status: result.response.statusCode };
      }
      return result;
    }, { step: 'deserialize', name: 'keepHeaders', priority: 'high' });
    clients.set(name, client);
  }
  return clients.get(name);
}

async function callS3(options, { command, input }) {
  const output = await s3Client(options).send(new s3[command](input));
  const { $answer, $metadata, Body, ...rest } = output;
  const answer = { ...rest, ResponseMetadata: { HTTPHeaders: $answer.headers, HTTPStatusCode: $answer.status } };
  if (Body) answer.Body = await Body.transformToByteArray();
  return answer;
}

async function streamS3(options, { bucket, key, chunks, extra }) {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const body = Readable.from(chunks, { objectMode: false });
  return callS3(options, {
    command: 'PutObjectCommand', input: { Bucket: bucket, Key: key, Body: body, ContentLength: length, ...extra },
  });
}

async function uploadS3(options, { bucket, key, path, partSize }) {
  await new Upload({
    client: s3Client(options), partSize, queueSize: 2,
    params: { Bucket: bucket, Key: key, Body: fs.createReadStream(path) },
  }).done();
  return {};
}

async function presignS3(options, { command, input, expires, headers }) {
  const signed = Object.keys(headers || {});
  return getSignedUrl(s3Client(options), new s3[command](input), {
    expiresIn: expires, unhoistableHeaders: new Set(signed), signableHeaders: new Set(['host', ...signed]),
  });
}

function s3Error(error) {
  const metadata = error.$metadata || {};
  const response = error.$response || {};
  // Without a body, as after HEAD, the SDK knows no code.
  const code = error.Code || error.name;
  return {
    status: metadata.httpStatusCode, code: /^Unknown/.test(code) ? null : code, message: error.message,
    ec: error.EC, headers: response.headers,
  };
}

const operations = {
  'ali-oss': { call: callAliOss, stream: streamAliOss, error: aliOssError },
  's3': { call: callS3, stream: streamS3, upload: uploadS3, presign: presignS3, error: s3Error },
};

async function answer(line) {
  const { client, operation, options, args } = JSON.parse(line);
  const set = operations[client];
  try {
    return { result: plain(await set[operation](options, revive(args))) };
  } catch (error) {
    const told = set.error(error);
    if (typeof told.status !== 'number' || told.status <= 0) return { failure: error.stack || String(error) };
    return { error: plain(told) };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
  process.exit(0);
})();
