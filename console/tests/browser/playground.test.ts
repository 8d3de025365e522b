import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults, Client, inspect, openTab, screenshot, type Server, signIn, startBrowser, startServer,
} from './harness';

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer('--fake-model');
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function openPlayground(options: BrowserContextOptions & { language?: 'zh' } = {}) {
  const tab = await openTab(browser, `${server.url}/#/playground`, { reducedMotion: 'reduce', ...options });
  await signIn(tab.page);
  await tab.page.getByRole('log').first().waitFor();
  return tab;
}

async function say(page: Page, message: string) {
  const box = page.getByPlaceholder(/Message the model|给模型发消息/);
  await box.fill(message);
  await box.press('Enter');
}

describe('the playground', () => {
  it('streams an answer, with its figures, and shows the request as code', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    await inspect(tab, 'playground-empty');
    const log = page.getByRole('log');
    await say(page, 'say The **lake** is\n\n- deep\n- `cold`\n\n<img src=x onerror=alert(1)><b>bold</b>');
    await log.getByText(/tokens in/).waitFor();
    await log.getByText(/first token after/).waitFor();
    await log.getByText(/tokens\/s/).waitFor();
    expect(await log.locator('strong', { hasText: 'lake' }).count()).toBe(1);
    expect(await log.locator('li').count()).toBe(2);
    // What claims to be HTML is text.
    expect(await log.locator('img, b').count()).toBe(0);
    await log.getByText('<img src=x onerror=alert(1)>', { exact: false }).last().waitFor();
    await inspect(tab, 'playground');

    await page.getByRole('button', { name: 'This request as code' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText(`curl -N ${server.url}/v1/chat/completions`).waitFor();
    for (const name of ['Python', 'Node.js', 'DashScope']) {
      await drawer.getByRole('tab', { name }).click();
      await drawer.locator('pre:visible', { hasText: `${server.url}/` }).waitFor();
    }
    expect(await drawer.innerText()).not.toContain('sk-');
    await screenshot(page, 'playground-code');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('asks two at once', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    await page.getByRole('switch', { name: 'Compare two models' }).click();
    await say(page, 'say both of us');
    for (const name of ['Model', 'Second model']) {
      const side = page.getByRole('region', { name, exact: true });
      await side.getByText('both of us', { exact: true }).waitFor();
      await side.getByText(/first token after/).waitFor();
    }
    await inspect(tab, 'playground-two');
    await tab.close();
  });

  it('gives JSON that fits the schema, and says what is no schema', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    await page.getByText('Schema', { exact: true }).click();
    const schema = page.getByRole('textbox', { name: 'JSON schema' });
    await schema.fill('{"type": ');
    await page.getByText('This is not a JSON object.').waitFor();
    await say(page, 'a city');
    await page.getByText('Correct the settings first', { exact: false }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await schema.fill(JSON.stringify({
      type: 'object', additionalProperties: false, required: ['city', 'people'],
      properties: { city: { type: 'string' }, people: { type: 'integer' } },
    }));
    await page.getByRole('button', { name: 'Send' }).click();
    const log = page.getByRole('log');
    await log.getByText('valid JSON', { exact: true }).waitFor();
    const answer = JSON.parse(await log.locator('pre').innerText());
    expect(typeof answer.city).toBe('string');
    expect(Number.isInteger(answer.people)).toBe(true);
    await inspect(tab, 'playground-schema');
    await tab.close();
  });

  it('shows calls of tools, and goes on with what they give back', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    await page.getByRole('switch', { name: 'Offer tools' }).click();
    await say(page, 'call tool get_weather {"city": "Hangzhou"}');
    const log = page.getByRole('log');
    await log.getByText('Calls get_weather').waitFor();
    await log.locator('pre', { hasText: '"city": "Hangzhou"' }).waitFor();
    await log.getByLabel('What get_weather gives back').fill('say sunny');
    await inspect(tab, 'playground-tools');
    await log.getByRole('button', { name: 'Send the results' }).click();
    await log.getByText('sunny', { exact: true }).waitFor();
    await tab.close();
  });

  it('shows thoughts apart, and why something failed', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    const log = page.getByRole('log');
    await say(page, 'think it over');
    await log.getByText('Reasoning').waitFor();
    await log.locator('details', { hasText: 'it over' }).waitFor();
    await page.getByLabel('Max tokens').fill('3');
    await say(page, 'say a long tale');
    await log.getByText('cut off at max tokens').waitFor();
    await page.getByRole('button', { name: 'New conversation' }).click();
    await say(page, 'x'.repeat(20_000));
    await log.getByRole('alert').waitFor();
    await tab.close();
  });

  it('speaks Chinese, on a phone too', async () => {
    const tab = await openPlayground({ language: 'zh', viewport: { width: 390, height: 780 } });
    const { page } = tab;
    await say(page, 'say 西湖的水很清');
    await page.getByRole('log').getByText('西湖的水很清', { exact: true }).waitFor();
    await page.getByText(/首 Token/).waitFor();
    await inspect(tab, 'playground-phone-zh');
    await page.getByRole('button', { name: '打开设置' }).click();
    await page.getByRole('dialog').getByText('系统提示词').waitFor();
    await inspect(tab, 'playground-settings-phone-zh');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('asks for a key where it finds none, and does not keep it', async () => {
    const tab = await openPlayground();
    const { page } = tab;
    await page.goto(`${server.url}/#/usage/models`);
    await page.getByText('My key', { exact: true }).click();
    await page.getByRole('button', { name: 'Use another key' }).click();
    await page.goto(`${server.url}/#/playground`);
    await page.getByLabel('Model key').fill('sk-wrong');
    await page.getByLabel('Model key').press('Enter');
    await page.getByRole('alert').getByText('This key was not accepted').waitFor();
    await inspect(tab, 'model-key');
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(stored).not.toContain('sk-');
    // One that is made here works, and sees its own usage alone: none.
    await page.getByRole('button', { name: 'Make a key for one day' }).click();
    await page.getByRole('log').waitFor();
    await page.goto(`${server.url}/#/usage/models`);
    await page.getByText('My key', { exact: true }).click();
    await page.getByText('No requests in this range').waitFor();
    await page.getByText(/With the model key …\w{4}/).waitFor();
    await tab.close();
  });

  it('lets a user make a key only where a policy allows it, and says why not', async () => {
    const client = new Client(server);
    const ram = (action: string, parameters: Record<string, string>) =>
      client.rpc('2015-05-01', action, { UserName: 'ann', ...parameters });
    await ram('CreateUser', {});
    const { AccessKey: made } = await ram('CreateAccessKey', {});
    const key = { accessKeyId: made.AccessKeyId, accessKeySecret: made.AccessKeySecret };
    const tab = await openTab(browser, `${server.url}/#/playground`, { reducedMotion: 'reduce' });
    await signIn(tab.page, key);
    const make = tab.page.getByRole('button', { name: 'Make a key for one day' });
    await make.click();
    await tab.page.getByRole('alert').getByText('modelstudio:CreateApiKey').first().waitFor();
    await inspect(tab, 'model-key-denied');
    await client.rpc('2015-05-01', 'CreatePolicy', {
      PolicyName: 'keys', PolicyDocument: JSON.stringify({
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: 'modelstudio:CreateApiKey', Resource: '*' }],
      }),
    });
    await ram('AttachPolicyToUser', { PolicyName: 'keys', PolicyType: 'Custom' });
    await make.click();
    await tab.page.getByRole('log').waitFor();
    await say(tab.page, 'say allowed');
    await tab.page.getByRole('log').getByText('allowed', { exact: true }).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
