import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect, KEY, openTab, type Server, signIn, startBrowser, startServer } from './harness';

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser('--host-resolver-rules=MAP lakeside.test 127.0.0.1');
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe('the page', () => {
  it('is for browsers; clients of object storage keep their answer', async () => {
    const page = await fetch(server.url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    const listing = await fetch(server.url, { headers: { accept: '*/*' } });
    expect(listing.headers.get('content-type')).toBe('application/xml');
  });
});

describe('signing in', () => {
  it('works with a key, and signing out ends it', async () => {
    const tab = await openTab(browser, server.url);
    await inspect(tab, 'sign-in');
    await signIn(tab.page);
    await tab.page.getByRole('heading', { name: 'Overview' }).waitFor();
    const stored = await tab.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(stored).not.toContain(KEY.accessKeySecret);
    await tab.page.getByRole('button', { name: 'Account: Root account' }).click();
    await tab.page.getByText('Sign out').click();
    await tab.page.getByLabel('AccessKey ID').waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('says why a key is refused', async () => {
    const tab = await openTab(browser, server.url);
    await tab.page.getByLabel('AccessKey ID').fill(KEY.accessKeyId);
    await tab.page.getByLabel('AccessKey Secret').fill('wrong');
    await tab.page.locator('button[type=submit]').click();
    await tab.page.getByRole('alert').getByText('not accepted').waitFor();
    await tab.close();
  });

  it('works where the browser has no WebCrypto, and says that nothing is encrypted', async () => {
    const tab = await openTab(browser, `http://lakeside.test:${new URL(server.url).port}`);
    expect(await tab.page.evaluate(() => isSecureContext)).toBe(false);
    await tab.page.getByText('This address is not encrypted').waitFor();
    await signIn(tab.page);
    await tab.page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('speaks Chinese', async () => {
    const tab = await openTab(browser, server.url, { language: 'zh' });
    await tab.page.getByRole('heading', { name: '登录 Lakeside' }).waitFor();
    await inspect(tab, 'sign-in-zh');
    await tab.close();
  });
});
