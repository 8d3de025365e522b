// Makes the calls that stdin lists with a generated client of Alibaba Cloud's, unmodified, and says what came back:
// {"module": "@alicloud/ram20150501", "endpoint": "127.0.0.1:4004", "key", "secret", "token", "calls": [["getUser", {…}]]}
// A value "$0.User.UserId" stands for what call 0 answered there.
const { $OpenApiUtil } = require('@alicloud/openapi-core');

function filled(value, answers) {
  if (Array.isArray(value)) return value.map((one) => filled(one, answers));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v, answers)]));
  }
  if (typeof value !== 'string' || !/^\$\d/.test(value)) return value;
  const [call, ...path] = value.slice(1).split('.');
  return path.reduce((at, name) => at[name], answers[Number(call)].body);
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  const module = require(asked.module);
  const config = { endpoint: asked.endpoint, protocol: 'http', regionId: 'cn-hangzhou' };
  if (asked.key) Object.assign(config, { accessKeyId: asked.key, accessKeySecret: asked.secret });
  if (asked.token) Object.assign(config, { securityToken: asked.token, type: 'sts' });
  const client = new module.default(new $OpenApiUtil.Config(config));
  const answers = [];
  for (const [method, parameters] of asked.calls) {
    const name = method[0].toUpperCase() + method.slice(1) + 'Request';
    try {
      const request = module[name] ? [new module[name](filled(parameters, answers))] : [];
      const answer = await client[method](...request);
      answers.push({ status: answer.statusCode, body: answer.body.toMap() });
    } catch (error) {
      answers.push({ code: error.code, message: error.message, status: error.statusCode, detail: error.accessDeniedDetail });
    }
  }
  console.log(JSON.stringify(answers));
}
main().catch((error) => { console.error(error); process.exit(1); });
