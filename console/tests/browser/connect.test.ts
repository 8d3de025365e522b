// The lines of the connect page, run as they are printed: with the client where it is installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients, type Setting } from '../../src/pages/connect/snippets';
import { Client, KEY, type Server, startServer } from './harness';

const ROOT = join(__dirname, '../../..');
const VENV = join(ROOT, 'build/venv/bin');
const MODULES = join(ROOT, 'conformance/node_modules');
const PATH = `${VENV}:${process.env.PATH}`;

// What follows the lines, so that something is asked and shown.
const GO_ON: Record<string, string> = {
  'ali-oss': 'client.listBuckets().then(({ buckets }) => console.log(buckets.map(({ name }) => name)));',
  oss2: 'print([entry.key for entry in oss2.ObjectIterator(bucket)])',
  boto3: 'print([bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])',
  'aws-sdk': `const { ListBucketsCommand } = require('@aws-sdk/client-s3');
    s3.send(new ListBucketsCommand({})).then(({ Buckets }) => console.log(Buckets.map(({ Name }) => Name)));`,
  dashscope: `print(dashscope.Generation.call(model='fake', result_format='message', messages=[
    {'role': 'user', 'content': 'say my-bucket'}]).output.choices[0].message.content)`,
  'openai (Node.js)': 'client.models.list().then(({ data }) => console.log(data.map(({ id }) => id)));',
};
const SHOWN: Record<string, string> = {
  oss2: 'hello.txt', openai: '', 'openai (Node.js)': 'fake', 'curl (models)': 'fake',
};

// The program, and what must be there for it.
function programOf({ name, language }: (typeof clients)[number]) {
  const has = (program: string) => PATH.split(':').some((folder) => existsSync(join(folder, program)));
  if (language === 'Python') return { command: [join(VENV, 'python'), '-c'], there: existsSync(VENV) };
  if (language === 'Node.js') return { command: ['node', '-e'], there: existsSync(MODULES) };
  const tool = name.split(' ')[0]!;
  // ossutil's two generations share a name: OSSUTIL1 and OSSUTIL2 say where they are.
  const ossutil = process.env[name === 'ossutil 1' ? 'OSSUTIL1' : 'OSSUTIL2'];
  return { command: ['bash', '-c'], there: tool === 'ossutil' ? Boolean(ossutil) : has(tool), ossutil };
}

let server: Server;
let home: string;
let modelKey: string;
beforeAll(async () => {
  server = await startServer('--fake-model');
  home = mkdtempSync(join(tmpdir(), 'lakeside-connect-'));
  const root = new Client(server);
  await root.putBucket('my-bucket');
  await root.put('my-bucket', 'hello.txt', 'hello');
  const made = await root.oss({
    method: 'POST', bucket: '_lakeside', key: 'keys', headers: { 'x-oss-key-name': 'connect' },
  });
  modelKey = (await made.text()).split('\n')[1]!;
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true });
});

function run(command: string[], code: string) {
  const [program, ...rest] = command;
  const env = { PATH, HOME: home, NODE_PATH: MODULES, LANG: 'C.UTF-8' };
  return new Promise<{ status: number | null; output: string }>((resolve) => {
    const child = spawn(program!, [...rest, code], { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += text.toString();
      });
    }
    child.on('close', (status) => resolve({ status, output }));
  });
}

describe.each(['127.0.0.1', 'localhost'])('at %s', (host) => {
  it.each(clients.map((client) => ({ ...client, program: programOf(client) })))('$name', async (client) => {
    const { name, program } = client;
    if (!program.there) return;
    const setting: Setting = {
      url: server.url.replace('127.0.0.1', host), region: 'cn-hangzhou', id: KEY.accessKeyId,
      secret: KEY.accessKeySecret, modelKey,
    };
    const lines = client.code(setting).replace(/^ossutil /, `${program.ossutil ?? 'ossutil'} `);
    const { status, output } = await run(program.command, `${lines}\n${GO_ON[name] ?? ''}`);
    expect(output).toContain(SHOWN[name] ?? 'my-bucket');
    expect(status, output).toBe(0);
  });
});
