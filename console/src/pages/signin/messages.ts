import { texts } from '../../app/text';

export const text = texts({
  en: {
    title: 'Sign in to Lakeside',
    subtitle: 'Object storage, models and identity on this server',
    accessKeyId: 'AccessKey ID',
    accessKeySecret: 'AccessKey Secret',
    required: 'This is needed',
    signIn: 'Sign in',
    wrongKey: 'This key was not accepted',
    whereTitle: 'Where is my key?',
    where: 'On the machine that runs the server, this prints the root account’s:',
    kept: 'The secret stays in this browser tab’s memory, as a key that no script can read, and is ' +
      'gone when you sign out, reload or close the tab.',
    insecure: 'This address is not encrypted. Requests are signed, so the secret is not sent; but what ' +
      'you store and read can be seen on the way. Use https or http://localhost where you can.',
  },
  zh: {
    title: '登录 Lakeside',
    subtitle: '本服务器上的对象存储、模型与身份',
    accessKeyId: 'AccessKey ID',
    accessKeySecret: 'AccessKey Secret',
    required: '必填',
    signIn: '登录',
    wrongKey: '该密钥未被接受',
    whereTitle: '密钥在哪里？',
    where: '在运行服务器的机器上执行以下命令，可查看主账号的密钥：',
    kept: '密钥只保存在此浏览器标签页的内存中，脚本无法读取；退出登录、刷新或关闭标签页后即消失。',
    insecure: '此地址未加密。请求经过签名，密钥不会被发送；但您存取的内容可能在途中被看到。请尽量使用 https 或 http://localhost。',
  },
});
