// Runs what a test writes in JavaScript, with the packages that talk to models and to KMS as its arguments: one JSON line
// {code, names, values} in, one JSON line out. What it throws comes back with the classes it is an instance of.
'use strict';

const readline = require('readline');

const packages = {
  OpenAI: require('openai').OpenAI, // 6, the last that takes node 20
  ai4: require('ai'), // 4, the last that takes qwen-ai-provider
  ai6: require('ai-6'),
  createQwen: require('qwen-ai-provider').createQwen,
  createOpenAICompatible: require('@ai-sdk/openai-compatible').createOpenAICompatible,
  z: require('zod').z,
  kms: require('@alicloud/kms20160120'),
  rpc: require('@alicloud/rpc-client'), // which has the configuration of kms
  tea: require('@alicloud/tea-typescript'),
};
const AsyncFunction = (async () => {}).constructor;

function classes(error) {
  const names = [];
  for (let one = Object.getPrototypeOf(error); one && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    names.push(one.constructor.name);
  }
  return names;
}

function told(error) {
  const { name, message, status, statusCode, code, param, type } = error;
  return { classes: classes(error), name, message, status: status ?? statusCode, code, param, type };
}

async function answer(line) {
  const { code, values } = JSON.parse(line);
  const scope = { ...packages, ...values };
  try {
    const run = new AsyncFunction(...Object.keys(scope), code);
    return { result: (await run(...Object.values(scope))) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? told(error) : { classes: [], message: String(error) } };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
  process.exit(0);
})();
