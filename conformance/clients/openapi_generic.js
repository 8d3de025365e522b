// Makes the calls that stdin lists with the generic call of Alibaba Cloud's client, and says what came back:
// {"endpoint", "key", "secret", "version", "calls": [["PUT", "LoadModel", "/modelstudio/models/x/load", {…}]]}
const { default: Client, $OpenApiUtil } = require('@alicloud/openapi-core');
const { RuntimeOptions } = require('@darabonba/typescript');

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { endpoint, key, secret, version, calls } = JSON.parse(Buffer.concat(chunks).toString());
  const client = new Client(new $OpenApiUtil.Config({
    endpoint, protocol: 'http', regionId: 'cn-hangzhou', accessKeyId: key, accessKeySecret: secret }));
  const answers = [];
  for (const [method, action, pathname, given] of calls) {
    const params = new $OpenApiUtil.Params({
      action, version, protocol: 'HTTP', pathname, method, authType: 'AK', style: 'ROA',
      reqBodyType: 'formData', bodyType: 'json' });
    const request = new $OpenApiUtil.OpenApiRequest(method === 'POST' ? { body: given } : { query: given });
    try {
      answers.push((await client.callApi(params, request, new RuntimeOptions({}))).body);
    } catch (error) {
      answers.push({ code: error.code, message: error.message });
    }
  }
  console.log(JSON.stringify(answers));
}
main().catch((error) => { console.error(error); process.exit(1); });
