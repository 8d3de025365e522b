import { expect, it } from 'vitest';
import { patiently } from './patient';

it('tries again, and gives up in the end', async () => {
  let tries = 0;
  const after = (failures: number) => {
    tries = 0;
    return patiently(async () => {
      if (tries++ < failures) throw new Error('gone');
      return 'page';
    }, async () => undefined);
  };
  expect(await after(3)()).toBe('page');
  expect(tries).toBe(4);
  await expect(after(100)()).rejects.toThrow('gone');
});
