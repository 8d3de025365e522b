// The set-up of each client, as its own documentation writes it. tests/browser/connect.test.ts runs
// what it can.

export interface Setting {
  url: string; // http://localhost:4004
  region: string;
  id: string;
  secret: string;
  modelKey: string;
}

export interface Client {
  name: string;
  kind: 'objects' | 'models';
  language: string;
  install?: string;
  code: (setting: Setting) => string;
}

// ali-oss takes an IP address for a name of the vendor's cloud; localhost it takes as it is.
const named = (url: string) => url.replace('//127.0.0.1', '//localhost').replace('//[::1]', '//localhost');

export const clients: Client[] = [
  {
    name: 'ali-oss', kind: 'objects', language: 'Node.js', install: 'npm install ali-oss',
    code: ({ url, region, id, secret }) => `const OSS = require('ali-oss');
const client = new OSS({
  endpoint: '${named(url)}',
  sldEnable: true,            // the bucket goes into the path
  region: 'oss-${region}',
  authorizationV4: true,
  accessKeyId: '${id}',
  accessKeySecret: '${secret}',
});`,
  },
  {
    name: 'oss2', kind: 'objects', language: 'Python', install: 'pip install oss2',
    code: ({ url, region, id, secret }) => `import oss2
auth = oss2.AuthV4('${id}', '${secret}')
bucket = oss2.Bucket(auth, '${url}', 'my-bucket', region='${region}')`,
  },
  {
    name: 'ossutil', kind: 'objects', language: '',
    code: ({ url, region, id, secret }) => `ossutil ls -e ${url} --region ${region} --addressing-style path \\
  -i ${id} -k '${secret}'`,
  },
  {
    name: 'ossutil 1', kind: 'objects', language: '',
    code: ({ url, region, id, secret }) => `ossutil ls -e ${url} --region ${region} --force-path-style \\
  --sign-version v4 -i ${id} -k '${secret}'`,
  },
  {
    name: 'boto3', kind: 'objects', language: 'Python', install: 'pip install boto3',
    code: ({ url, region, id, secret }) => `import boto3
s3 = boto3.client(
    's3', endpoint_url='${url}', region_name='${region}',
    aws_access_key_id='${id}',
    aws_secret_access_key='${secret}')`,
  },
  {
    name: 'aws-sdk', kind: 'objects', language: 'Node.js', install: 'npm install @aws-sdk/client-s3',
    code: ({ url, region, id, secret }) => `const { S3Client } = require('@aws-sdk/client-s3');
const s3 = new S3Client({
  endpoint: '${url}',
  region: '${region}',
  forcePathStyle: true,
  credentials: {
    accessKeyId: '${id}',
    secretAccessKey: '${secret}',
  },
});`,
  },
  {
    name: 'aws CLI', kind: 'objects', language: '', install: 'pip install awscli',
    code: ({ url, region, id, secret }) => `export AWS_ENDPOINT_URL=${url} AWS_REGION=${region}
export AWS_ACCESS_KEY_ID=${id}
export AWS_SECRET_ACCESS_KEY='${secret}'
aws s3 ls`,
  },
  {
    name: 'rclone', kind: 'objects', language: '', install: 'apt install rclone',
    code: ({ url, region, id, secret }) => `rclone config create lakeside s3 provider=Other \\
  endpoint=${url} region=${region} \\
  access_key_id=${id} secret_access_key='${secret}'
rclone lsd lakeside:`,
  },
  {
    name: 'curl', kind: 'objects', language: '',
    // Newer ones than Debian 12's send the header themselves.
    code: ({ url, region, id, secret }) => `curl ${url}/ \\
  -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \\
  --aws-sigv4 'aws:amz:${region}:s3' --user '${id}:${secret}'`,
  },
  {
    name: 'openai', kind: 'models', language: 'Python', install: 'pip install openai',
    code: ({ url, modelKey }) => `from openai import OpenAI
client = OpenAI(base_url='${url}/v1', api_key='${modelKey}')
model = client.models.list().data[0].id
reply = client.chat.completions.create(
    model=model, messages=[{'role': 'user', 'content': 'Hello!'}])
print(reply.choices[0].message.content)`,
  },
  {
    name: 'dashscope', kind: 'models', language: 'Python', install: 'pip install dashscope',
    code: ({ url, modelKey }) => `import dashscope
dashscope.base_http_api_url = '${url}/api/v1'
dashscope.api_key = '${modelKey}'`,
  },
  {
    name: 'openai (Node.js)', kind: 'models', language: 'Node.js', install: 'npm install openai',
    code: ({ url, modelKey }) => `const { OpenAI } = require('openai');
const client = new OpenAI({ baseURL: '${url}/v1', apiKey: '${modelKey}' });`,
  },
  {
    name: 'curl (models)', kind: 'models', language: '',
    code: ({ url, modelKey }) => `curl ${url}/v1/models -H 'Authorization: Bearer ${modelKey}'`,
  },
];

