import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Client, inspect, openTab, screenshot, type Server, signIn, startBrowser, startServer, type Tab,
} from './harness';

const RAM = '2015-05-01';
// Names that would do something if anybody interpreted them.
const NASTY = '<img src=x onerror=alert(1)> "q" \'s\' 😀 \u202Eأهلا';

let server: Server;
let browser: Browser;
let root: Client;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  root = new Client(server);
  await root.putBucket('photos');
  await root.put('photos', 'reports/2026/plan.txt', 'the plan');
  await root.put('photos', 'private/wages.txt', 'the wages');
  await root.rpc(RAM, 'CreateUser', { UserName: 'nasty', DisplayName: NASTY, Comments: NASTY });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const places = (page: Page, path: string) => page.evaluate((to) => {
  location.hash = to;
}, path);

async function opened(path: string, language: 'en' | 'zh' = 'en', options = {}): Promise<Tab> {
  const tab = await openTab(browser, server.url, { language, ...options });
  await signIn(tab.page);
  await places(tab.page, path);
  return tab;
}

// What a secret's dialog says: the texts of its <code>s.
const secrets = (page: Page) => page.locator('dl dd code').allTextContents();

describe('users', () => {
  it('are made with a key that is shown once, and deleted with all that hangs on them', async () => {
    const tab = await opened('/people/users');
    const { page } = tab;
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByRole('textbox', { name: 'User name' }).fill('ann');
    await page.getByRole('textbox', { name: 'Display name' }).fill('Ann "A" <b>');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('The secret is shown this once').waitFor();
    const [name, id, secret] = await secrets(page);
    expect(name).toBe('ann');
    expect(secret).toMatch(/^\w{30}$/);
    await screenshot(page, 'people-secret');
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    expect((await file).suggestedFilename()).toBe('ann.csv');
    await page.getByRole('button', { name: 'I have kept it' }).click();

    // The user's own page.
    await page.getByRole('heading', { name: 'ann', exact: true }).waitFor();
    await page.getByText(id!).waitFor();
    await expect.poll(() => page.getByText(secret!).count()).toBe(0);
    await page.getByLabel('Choose a policy').fill('OSSRead');
    await page.getByTitle('Reads object storage.').click();
    await page.getByRole('button', { name: 'Attach' }).click();
    await page.getByRole('link', { name: 'AliyunOSSReadOnlyAccess' }).waitFor();
    await inspect(tab, 'people-user');
    const mine = new Client(server, { accessKeyId: id!, accessKeySecret: secret! });
    expect((await mine.oss({ method: 'GET' })).status).toBe(200);

    await page.getByRole('button', { name: `Disable ${id}` }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled').waitFor();
    expect((await mine.oss({ method: 'GET' })).status).toBe(403);

    await page.getByRole('button', { name: 'Delete ann' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'New user' }).waitFor();
    expect((await root.rpc(RAM, 'ListUsers')).Users.User.map((user: any) => user.UserName)).toEqual(['nasty']);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are listed, searched, and named as they are', async () => {
    const tab = await opened('/people/users');
    const { page } = tab;
    await page.getByText(NASTY).first().waitFor();
    expect(await page.locator('#content img').count()).toBe(0);
    await page.getByLabel('Search users').fill('nobody');
    await page.getByText('Nothing fits the search').waitFor();
    await page.getByLabel('Search users').fill('NAST 😀');
    await page.getByRole('link', { name: 'nasty' }).waitFor();
    await inspect(tab, 'people-users');
    await page.getByRole('link', { name: 'nasty' }).click();
    await page.getByText(NASTY).first().waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Comments' }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await root.rpc(RAM, 'GetUser', { UserName: 'nasty' })).User.Comments).toBe('');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('groups and roles', () => {
  it('have members, policies, and a trust policy', async () => {
    const tab = await opened('/people/groups');
    const { page } = tab;
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByRole('textbox', { name: 'Group name' }).fill('readers');
    await page.getByRole('textbox', { name: 'Comments' }).fill(NASTY);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'readers' }).waitFor();
    await page.getByLabel('Choose a user').fill('nasty');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('link', { name: 'nasty' }).waitFor();
    await inspect(tab, 'people-group');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Delete readers' }).waitFor({ state: 'detached' });

    await places(page, '/people/roles');
    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByRole('textbox', { name: 'Role name' }).fill('auditor');
    const document = page.getByLabel('Trust policy');
    await document.fill('{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Line 1' }).waitFor();
    await document.fill('{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",\n' +
      '"Principal": {"Service": ["ecs.aliyuncs.com"]}}]}');
    await page.getByTitle('ecs.aliyuncs.com').waitFor();
    await inspect(tab, 'people-new-role');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'auditor' }).waitFor();
    await inspect(tab, 'people-role');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('the policy editor', () => {
  it('keeps forms and text in step, and shows faults at their line', async () => {
    const tab = await opened('/people/policies/new');
    const { page } = tab;
    const document = page.getByLabel('Policy document');
    const written = async () => JSON.parse(await document.inputValue()).Statement;
    await page.getByRole('textbox', { name: 'Policy name' }).fill('read-plans');
    // Forms → text.
    await page.getByLabel('Actions', { exact: true }).fill('oss:GetObj');
    await page.getByTitle('oss:GetObject', { exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByLabel('Resources', { exact: true }).fill('acs:oss:*:*:photos/reports/*');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByLabel('Values').fill('127.0.0.0/8');
    await page.keyboard.press('Enter');
    await expect.poll(written).toEqual([{
      Effect: 'Allow', Action: ['oss:GetObject'], Resource: ['acs:oss:*:*:photos/reports/*'],
      Condition: { IpAddress: { 'acs:SourceIp': ['127.0.0.0/8'] } },
    }]);
    await page.keyboard.press('Escape');
    await inspect(tab, 'people-policy-editor');
    // Text → forms.
    const text = await document.inputValue();
    await document.fill(text.replace('"Allow"', '"Deny"'));
    await page.getByRole('group', { name: 'Statement 1' }).getByRole('radio', { name: 'Deny' }).isChecked();
    await expect.poll(() => page.getByRole('radio', { name: 'Deny' }).isChecked()).toBe(true);
    // Faults.
    await document.fill(text.replace('"Allow",', '"Allow"'));
    await page.getByRole('alert').filter({ hasText: 'Line 6' }).waitFor();
    await page.getByText('Edit the text').waitFor();
    await document.fill(text.replace('IpAddress', 'IpAdress'));
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'unknown operator' }).waitFor();
    await screenshot(page, 'people-policy-fault');
    await page.getByRole('button', { name: 'Line 9' }).click();
    await document.fill(text);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'read-plans' }).waitFor();
    // A new version.
    await page.getByRole('button', { name: /Edit$/ }).click();
    await document.fill(text.replace('127.0.0.0/8', '10.0.0.0/8'));
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText('v2').waitFor();
    await inspect(tab, 'people-policy');
    const { DefaultPolicyVersion: version } =
      await root.rpc(RAM, 'GetPolicy', { PolicyName: 'read-plans', PolicyType: 'Custom' });
    expect(version).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true });
    await places(page, '/people/policies');
    await page.getByRole('link', { name: 'AdministratorAccess' }).waitFor();
    await inspect(tab, 'people-policies');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('giving somebody read access', () => {
  it('makes a user who reads that folder and no more; a denial is explained', async () => {
    const tab = await opened('/people/give');
    const { page } = tab;
    await page.getByLabel('Bucket', { exact: true }).fill('photos');
    await page.getByLabel('Only below this folder').fill('reports/');
    await page.keyboard.press('Escape');
    await inspect(tab, 'people-give-what');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('textbox', { name: 'User name' }).fill('bob');
    await page.getByRole('textbox', { name: 'Display name' }).fill(NASTY);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('The policy read-photos-reports is made').waitFor();
    await inspect(tab, 'people-give-check');
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('bob may read').waitFor();
    await inspect(tab, 'people-give-done');
    const [, accessKeyId, accessKeySecret] = await secrets(page);
    const key = { accessKeyId: accessKeyId!, accessKeySecret: accessKeySecret! };
    const bob = new Client(server, key);
    expect((await bob.oss({ method: 'GET', bucket: 'photos', key: 'reports/2026/plan.txt' })).status).toBe(200);
    expect((await bob.oss({ method: 'GET', bucket: 'photos', query: { prefix: 'reports/' } })).status).toBe(200);
    expect((await bob.oss({ method: 'GET', bucket: 'photos' })).status).toBe(403);
    expect((await bob.oss({ method: 'GET', bucket: 'photos', key: 'private/wages.txt' })).status).toBe(403);
    expect((await bob.oss({ method: 'GET' })).status).toBe(403);

    // Why not? Asked by the root account…
    await page.getByRole('button', { name: 'Show the user' }).click();
    await page.getByRole('button', { name: 'What is allowed?' }).click();
    await page.getByLabel('Action', { exact: true }).fill('oss:GetObject');
    await page.getByLabel('Resource', { exact: true }).fill('acs:oss:*:*:photos/private/wages.txt');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Ask' }).click();
    const answer = page.getByRole('region', { name: 'Denied' });
    await answer.getByText('No statement of a policy and no access list allows it').waitFor();
    await answer.getByText('is about other resources').waitFor();
    await inspect(tab, 'people-simulator');
    await page.getByLabel('Resource', { exact: true }).fill('acs:oss:*:*:photos/reports/2026/plan.txt');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByRole('region', { name: 'Allowed' }).waitFor();
    await page.getByRole('link', { name: 'read-photos-reports' }).click();
    await page.getByText('Statement 1 is the one that decided.').waitFor();
    await inspect(tab, 'people-policy-decided');
    await tab.close();

    // …and by the user, whom the page tells what it may not do.
    const own = await openTab(browser, server.url);
    await signIn(own.page, key);
    await places(own.page, '/people/users');
    const denial = own.page.getByRole('alert').first();
    await denial.getByText('You may not do this').waitFor();
    await denial.getByText('ram:ListUsers', { exact: true }).waitFor();
    await denial.locator('code', { hasText: /^acs:ram:\*:\d+:user/ }).waitFor();
    await inspect(own, 'people-denied');
    expect([...tab.complaints, ...own.complaints]).toEqual([]);
    await own.close();
  });

  it('takes a policy that says the same as it is', async () => {
    const tab = await opened('/people/give?bucket=photos&prefix=reports/');
    const { page } = tab;
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('A user who is there').click();
    await page.getByLabel('Choose a user').fill('nasty');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Give access' }).click();
    await page.getByText('nasty may read').waitFor();
    const { Policies } = await root.rpc(RAM, 'ListPoliciesForUser', { UserName: 'nasty' });
    expect(Policies.Policy.map((policy: any) => policy.PolicyName)).toEqual(['read-photos-reports']);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('in Chinese, and on a phone', () => {
  it('nothing is missing', async () => {
    const tab = await opened('/people/users', 'zh');
    const { page } = tab;
    for (const [path, name] of [
      ['/people/users', '创建用户'], ['/people/groups', '创建用户组'], ['/people/roles', '创建角色'],
      ['/people/policies', '创建权限策略'], ['/people/policies/new', '添加语句'],
      ['/people/simulator', /查\s?询/], ['/people/give', '下一步'], ['/people/users/nasty', '创建访问密钥'],
    ] as const) {
      await places(page, path);
      await page.getByRole('button', { name }).first().waitFor();
      await screenshot(page, `people-zh${path.replaceAll('/', '-')}`);
    }
    await places(page, '/people/simulator?principal=user/nasty&action=oss:PutObject&resource=acs:oss:*:*:photos/1');
    await page.getByRole('region', { name: '拒绝' }).getByText('没有策略语句').waitFor();
    await inspect(tab, 'people-zh-simulator');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('fits 360 pixels', async () => {
    const tab = await opened('/people/users', 'en', { viewport: { width: 360, height: 740 } });
    const { page } = tab;
    for (const [path, name] of [
      ['/people/users', 'New user'], ['/people/users/nasty', 'New access key'],
      ['/people/policies/new', 'Add a statement'], ['/people/give', 'Next'],
      ['/people/simulator?principal=user/nasty&action=oss:PutObject&resource=acs:oss:*:*:photos/1', 'Ask'],
    ] as const) {
      await places(page, path);
      await page.getByRole('button', { name }).first().waitFor();
      await screenshot(page, `people-phone${path.replace(/\?.*/, '').replaceAll('/', '-')}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, path).toBeLessThanOrEqual(360);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
