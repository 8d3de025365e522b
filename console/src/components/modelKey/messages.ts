import { texts } from '../../app/text';

export const text = texts({
  en: {
    title: 'A model key is needed',
    why: 'Models are called with a key of their own. It stays in this tab’s memory, and is gone when ' +
      'you sign out, reload or close the tab.',
    or: 'or',
    make: 'Make a key for one day',
    description: 'Made in the console',
    key: 'Model key',
    needed: 'This is needed',
    use: 'Use this key',
    refused: 'This key was not accepted',
    looking: 'Looking for your model key',
    own: 'With the root account’s model key',
    given: (end: string) => `With the model key …${end}`,
    other: 'Use another key',
  },
  zh: {
    title: '需要模型密钥',
    why: '调用模型需要单独的密钥。它只保存在此标签页的内存中，退出登录、刷新或关闭标签页后即消失。',
    or: '或',
    make: '创建有效期一天的密钥',
    description: '在控制台中创建',
    key: '模型密钥',
    needed: '必填',
    use: '使用此密钥',
    refused: '该密钥未被接受',
    looking: '正在查找您的模型密钥',
    own: '使用主账号的模型密钥',
    given: (end: string) => `使用模型密钥 …${end}`,
    other: '换一个密钥',
  },
});
