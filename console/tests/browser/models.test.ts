// Models, the playground and usage with the real small model beside the fake one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hub, startHub } from './hub';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer, type Tab } from './harness';

// What tools/fetch-model fetched.
const FILE = join(__dirname, '../../../build/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const REAL = 'smollm2';
const BUCKET = 'console-models';

let server: Server;
let browser: Browser;
let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
  server = await startServer('--fake-model', '--model-threads', '1', '--hub', `hf+${hub.url}`);
  const client = new Client(server);
  await client.putBucket(BUCKET);
  await client.put(BUCKET, 'small.gguf', readFileSync(FILE), 'application/octet-stream');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  hub?.close();
});

async function open(page: string, language: 'en' | 'zh' = 'en', width = 1360): Promise<Tab> {
  const tab = await openTab(browser, `${server.url}/#/${page}`, {
    language, reducedMotion: 'reduce', viewport: { width, height: width < 500 ? 780 : 860 },
  });
  await signIn(tab.page);
  return tab;
}

async function say(page: Page, message: string) {
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.fill(message);
  await box.press('Enter');
}

const card = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

const tasks = (page: Page) => page.getByRole('list', { name: 'On their way' });

async function act(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions: ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

describe('models', () => {
  it('are listed; one is imported from a bucket', async () => {
    const tab = await open('models');
    const { page } = tab;
    await card(page, 'fake').getByText('Chat', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Import from a bucket' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Object').fill('small.gguf');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('Write it as oss://BUCKET/KEY.gguf').waitFor();
    await dialog.getByLabel('Object').fill(`oss://${BUCKET}/small.gguf`);
    await dialog.getByLabel('Name').fill(REAL);
    await inspect(tab, 'models-import');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByText(`${REAL} is here`).waitFor();
    await card(page, REAL).getByText('Not loaded').waitFor();
    await card(page, REAL).getByText('Needs memory').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await tasks(page).waitFor({ state: 'detached' });
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('says why an import failed', async () => {
    const tab = await open('models');
    await tab.page.getByRole('button', { name: 'Import from a bucket' }).click();
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByLabel('Object').fill('oss://not-here/x.gguf');
    await dialog.getByLabel('Object').press('Enter');
    await dialog.getByRole('alert').getByText('there is no bucket not-here', { exact: false }).waitFor();
    await tab.close();
  });

  it('are pulled with progress, stopped, and pulled again', async () => {
    const tab = await open('models');
    const { page } = tab;
    hub.hold();
    await page.getByRole('button', { name: 'Pull a model' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Model').fill('no slash');
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    await dialog.getByText('Write it as OWNER/REPO', { exact: false }).waitFor();
    await dialog.getByLabel('Model').fill('owner/repo');
    await dialog.getByLabel('Name').fill('pulled');
    await inspect(tab, 'models-pull-dialog');
    await dialog.getByRole('button', { name: 'Pull', exact: true }).click();
    await tasks(page).getByText('50%').waitFor();
    await inspect(tab, 'models-pulling');
    await tasks(page).getByRole('button', { name: 'Cancel' }).click();
    await tasks(page).getByText('Stopped').waitFor();
    hub.letGo();
    await tasks(page).getByRole('button', { name: 'Try again' }).click();
    await tasks(page).getByText('pulled is here').waitFor();
    await card(page, 'pulled').waitFor();

    await act(page, 'pulled', 'Pin');
    await card(page, 'pulled').getByText('Pinned').waitFor();
    await act(page, 'pulled', 'Unpin');
    await card(page, 'pulled').getByText('Pinned').waitFor({ state: 'detached' });
    await act(page, 'pulled', 'Delete…');
    const sure = page.getByRole('dialog').filter({ hasText: 'Delete pulled?' });
    await sure.waitFor();
    await inspect(tab, 'models-delete');
    await sure.getByRole('button', { name: 'Delete', exact: true }).click();
    await card(page, 'pulled').waitFor({ state: 'detached' });
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('explains why a pull failed', async () => {
    const tab = await open('models');
    const { page } = tab;
    await page.getByRole('button', { name: 'Pull a model' }).click();
    await page.getByRole('dialog').getByLabel('Model').fill('owner/none');
    await page.getByRole('dialog').getByLabel('Model').press('Enter');
    await tasks(page).getByRole('alert').getByText('the hub has no owner/none', { exact: false }).waitFor();
    await tab.close();
  });

  it('are loaded and unloaded', async () => {
    const tab = await open('models');
    const { page } = tab;
    await act(page, 'fake', 'Load');
    await card(page, 'fake').getByText('In memory', { exact: true }).waitFor();
    await act(page, 'fake', 'Unload');
    await card(page, 'fake').getByText('Not loaded').waitFor();
    await act(page, 'fake', 'Delete…');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').filter({ hasText: 'fake was not deleted' }).waitFor();
    await inspect(tab, 'models-refused');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are looked after by those alone whom policies let', async () => {
    const client = new Client(server);
    const ram = (action: string, parameters: Record<string, string>) =>
      client.rpc('2015-05-01', action, parameters);
    await ram('CreateUser', { UserName: 'looks-on' });
    const { AccessKey: key } = await ram('CreateAccessKey', { UserName: 'looks-on' });
    const statement = { Effect: 'Allow', Action: 'modelstudio:ListModels', Resource: '*' };
    await ram('CreatePolicy', {
      PolicyName: 'LooksOn', PolicyDocument: JSON.stringify({ Version: '1', Statement: [statement] }),
    });
    await ram('AttachPolicyToUser', { UserName: 'looks-on', PolicyName: 'LooksOn', PolicyType: 'Custom' });
    const tab = await openTab(browser, `${server.url}/#/models`);
    const { page } = tab;
    await signIn(page, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
    await card(page, 'fake').waitFor();
    await act(page, 'fake', 'Pin');
    const refusal = page.getByRole('dialog').filter({ hasText: 'fake was not pinned' });
    await refusal.getByText('modelstudio:PinModel').first().waitFor();
    await inspect(tab, 'models-denied');
    await refusal.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Pull a model' }).click();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Pull a model' });
    await dialog.getByLabel('Model').fill('owner/repo');
    await dialog.getByLabel('Model').press('Enter');
    await dialog.getByText('modelstudio:PullModel').first().waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('models of who may not look after them', () => {
  it('are those that a key may call', async () => {
    const client = new Client(server);
    const ram = (action: string, parameters: Record<string, string>) =>
      client.rpc('2015-05-01', action, parameters);
    await ram('CreateUser', { UserName: 'calls-only' });
    const { AccessKey: key } = await ram('CreateAccessKey', { UserName: 'calls-only' });
    const made = await client.rpc('2026-02-10', 'CreateApiKey', { description: 'calls only' });
    const tab = await openTab(browser, `${server.url}/#/models`);
    const { page } = tab;
    await signIn(page, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
    await page.getByRole('alert').getByText('You may not do this').waitFor();
    await page.getByLabel('Model key', { exact: true }).fill(made.apiKey.apiKeyValue);
    await inspect(tab, 'models-key');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await card(page, 'fake').waitFor();
    expect(await page.getByRole('button', { name: 'Actions: fake' }).count()).toBe(0);
    await page.locator('summary').click();
    await page.getByText('modelstudio:ListModels').first().waitFor();
    await inspect(tab, 'models-key-only');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('the real model', () => {
  it('is tried from its card, streams, and is stopped half-way', async () => {
    const tab = await open('models');
    const { page } = tab;
    await page.getByRole('button', { name: `Try it: ${REAL}` }).click();
    const log = page.getByRole('log');
    await page.getByRole('textbox', { name: 'System prompt' }).fill('You are a helpful assistant.');
    await page.getByLabel('Temperature').fill('0');
    await page.getByLabel('Max tokens').fill('24');
    await say(page, 'What is the capital of France?');
    await log.getByText('Paris', { exact: false }).waitFor();
    await log.getByText(/tokens\/s/).waitFor();
    await inspect(tab, 'playground-real');

    await page.getByLabel('Max tokens').fill('2000');
    await say(page, 'Tell a long story of a lake.');
    await page.getByRole('button', { name: 'Stop' }).click({ trial: true });
    const length = async () => (await log.innerText()).length;
    await expect.poll(length, { timeout: 60_000 }).toBeGreaterThan(300);
    await page.getByRole('button', { name: 'Stop' }).click();
    await log.getByText('stopped', { exact: true }).waitFor();
    const said = await log.innerText();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    expect((await log.innerText()).length).toBe(said.length);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('answers beside another one', async () => {
    const tab = await open('playground');
    const { page } = tab;
    await page.getByRole('switch', { name: 'Compare two models' }).click();
    await page.getByLabel('Max tokens').fill('16');
    await say(page, 'say hello');
    await page.getByRole('region', { name: 'Model', exact: true }).getByText('hello', { exact: true }).waitFor();
    await page.getByRole('region', { name: 'Second model' }).getByText(/tokens\/s/).waitFor();
    await inspect(tab, 'playground-beside');
    await tab.close();
  });

  it('keeps to a schema', async () => {
    const tab = await open(`playground?model=${REAL}`);
    const { page } = tab;
    await page.getByText('Schema', { exact: true }).click();
    await page.getByRole('textbox', { name: 'JSON schema' }).fill(JSON.stringify({
      type: 'object', additionalProperties: false, required: ['name', 'legs'],
      properties: { name: { enum: ['cat', 'dog'] }, legs: { type: 'integer', minimum: 2, maximum: 8 } },
    }));
    await say(page, 'Describe an animal.');
    const log = page.getByRole('log');
    await log.getByText('valid JSON', { exact: true }).waitFor();
    const answer = JSON.parse(await log.locator('pre').innerText());
    expect(['cat', 'dog']).toContain(answer.name);
    expect(answer.legs).toBeGreaterThanOrEqual(2);
    await tab.close();
  });
});

describe('models, once they were used', () => {
  it('show how they do, in both languages and on a phone', async () => {
    const tab = await open('models');
    await card(tab.page, REAL).getByText(/tokens\/s/).waitFor();
    await card(tab.page, REAL).getByText('In memory', { exact: true }).waitFor();
    await inspect(tab, 'models');
    expect(tab.complaints).toEqual([]);
    await tab.close();
    const phone = await open('models', 'zh', 390);
    await phone.page.getByText('已加载').first().waitFor();
    await inspect(phone, 'models-phone-zh');
    await phone.close();
  });
});

describe('usage', () => {
  it('is shown and exported', async () => {
    const tab = await open('usage/models');
    const { page } = tab;
    await page.getByText('My key', { exact: true }).click();
    await page.getByRole('img', { name: 'Input tokens over time, by model' }).waitFor();
    await page.getByRole('cell', { name: REAL }).first().waitFor();
    await inspect(tab, 'usage');
    await page.getByText('Over time', { exact: true }).click();
    await page.getByRole('columnheader', { name: 'Time' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^lakeside-usage-[\d-]+\.csv$/);
    const csv = readFileSync(await download.path(), 'utf8').replace('\uFEFF', '').trim().split('\r\n');
    expect(csv[0]).toBe('start_time,end_time,kind,model,api_key_id,batch,num_model_requests,' +
      'input_tokens,input_cached_tokens,output_tokens');
    const row = csv.slice(1).map((line) => line.split(',')).find((cells) => cells[3] === REAL)!;
    expect(row[2]).toBe('completions');
    expect(Number(row[6])).toBeGreaterThan(0);
    expect(Number(row[9])).toBeGreaterThan(0);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('has no data where nothing was used, which is not zero', async () => {
    const tab = await open('usage/models');
    const { page } = tab;
    await page.getByText('Custom', { exact: true }).click();
    await page.getByLabel('From', { exact: true }).fill('2020-01-01');
    await page.getByText('Choose a start before the end', { exact: false }).waitFor();
    await page.getByLabel('To', { exact: true }).fill('2020-01-31');
    await page.getByText('No requests in this range').waitFor();
    expect(await page.getByRole('button', { name: 'Export as CSV' }).isDisabled()).toBe(true);
    await inspect(tab, 'usage-none');
    await tab.close();
  });

  it('speaks Chinese, on a phone too', async () => {
    const tab = await open('usage/models', 'zh', 390);
    await tab.page.getByText('最近 30 天').click();
    await tab.page.getByRole('cell', { name: REAL }).first().waitFor();
    await inspect(tab, 'usage-phone-zh');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
