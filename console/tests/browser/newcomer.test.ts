// What somebody does who has never seen the console, and the one who was let in.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  Client, inspect, openTab, type Server, signIn, startBrowser, startServer,
} from './harness';

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  const client = new Client(server);
  await client.putBucket('photos');
  await client.put('photos', 'lake.txt', 'a lake');
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function giveTo(page: Page, user: string) {
  await page.goto(`${server.url}/#/people/give?bucket=photos&prefix=`);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('User name').fill(user);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Give access' }).click();
  await page.getByText(`${user} may read`).waitFor();
}

it('a colleague who was let into one bucket finds it', async () => {
  const tab = await openTab(browser, server.url);
  const { page } = tab;
  await signIn(page);
  await giveTo(page, 'bob');
  const secrets = await page.locator('#content code').allTextContents();
  const accessKeyId = secrets.find((text) => text.startsWith('LTAI'))!;
  const accessKeySecret = secrets[secrets.indexOf(accessKeyId) + 1]!;
  // The address that bob is told.
  const address = (await page.getByText(/\/#\/objects\/photos$/).textContent())!;
  await page.getByRole('button', { name: /Account/ }).click();
  await page.getByText('Sign out').click();
  await signIn(page, { accessKeyId, accessKeySecret });
  // Not where root was when root signed out.
  await page.waitForURL(/#\/overview$/);
  await page.getByRole('link', { name: 'Objects', exact: true }).click();
  await page.getByText('oss:ListBuckets').waitFor();
  await inspect(tab, 'objects-denied');
  await page.getByLabel('Name of the bucket').fill('photos');
  await page.getByRole('button', { name: 'Open the bucket' }).click();
  await page.getByRole('button', { name: 'lake.txt', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.goto(address);
  await page.getByRole('button', { name: 'lake.txt', exact: true }).waitFor();
  // A link from the row's own menu.
  await page.getByRole('button', { name: 'What can be done with lake.txt' }).click();
  await page.getByRole('menuitem', { name: 'Share' }).click();
  const link = (await page.locator('.ant-drawer pre').textContent())!;
  expect(await (await fetch(link)).text()).toBe('a lake');
  await tab.close();
});

it('an upload that has ended is in nobody’s way on other pages', async () => {
  const tab = await openTab(browser, `${server.url}/#/objects/photos`);
  const { page } = tab;
  await signIn(page);
  await page.getByRole('button', { name: 'lake.txt', exact: true }).waitFor();
  await page.getByTestId('files').setInputFiles({
    name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('a note'),
  });
  const uploads = page.getByRole('region', { name: 'Uploads' });
  await uploads.getByText('1 of 1 files').waitFor();
  await page.getByRole('link', { name: 'Playground' }).click();
  await uploads.waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Objects', exact: true }).click();
  await uploads.waitFor();
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('why a colleague was denied a file is found, on a server as it is started by itself', async () => {
  const root = new Client(server);
  await root.putBucket('wages');
  await root.put('wages', 'may.txt', 'secret');
  await root.rpc('2015-05-01', 'CreateUser', { UserName: 'eve' });
  const { AccessKey: key } = await root.rpc('2015-05-01', 'CreateAccessKey', { UserName: 'eve' });
  const eve = new Client(server, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
  expect((await eve.oss({ method: 'GET', bucket: 'wages', key: 'may.txt' })).status).toBe(403);
  const tab = await openTab(browser, server.url);
  const { page } = tab;
  await signIn(page);
  // It is among the latest denials on the first page.
  await page.getByRole('link', { name: 'Oss · GetObject' }).click();
  await page.getByRole('link', { name: 'Who decided this? oss:GetObject' }).click();
  const answer = page.getByRole('region', { name: 'Denied' });
  await answer.getByText('No statement of a policy and no access list allows it.').waitFor();
  await answer.getByText('user/eve').waitFor();
  // And the other way: from the file to who may read it.
  await page.goto(`${server.url}/#/objects/wages`);
  await page.getByRole('button', { name: 'may.txt', exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  await page.getByRole('link', { name: 'May somebody read it' }).click();
  await page.getByLabel('Who', { exact: true }).fill('user/eve');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await answer.waitFor();
  expect(tab.complaints).toEqual([]);
  await tab.close();
});
