import { describe, expect, it } from 'vitest';
import { signAcs3 } from './acs3';
import { makeCredential } from './credential';
import { canonicalQuery, presignOss, signOss } from './oss4';

// The vectors of the vendor's own SDK (alibabacloud-oss-go-sdk-v2, oss/signer/v4_test.go).
describe('OSS V4', () => {
  const time = new Date(1702743657_000);
  const request = {
    method: 'PUT', bucket: 'bucket', key: '1234+-/123/1.txt',
    headers: { 'content-type': 'text/plain', 'x-oss-head1': 'value', abc: 'value' },
    query: {
      param1: 'value1', '+param1': 'value3', '|param1': 'value4', '+param2': undefined,
      '|param2': '', param2: undefined,
    },
  };

  it('signs headers', async () => {
    const credential = await makeCredential({ accessKeyId: 'ak', accessKeySecret: 'sk' });
    const signed = await signOss(credential, 'cn-hangzhou', time, request);
    expect(signed.headers.authorization).toBe(
      'OSS4-HMAC-SHA256 Credential=ak/20231216/cn-hangzhou/oss/aliyun_v4_request,' +
        'Signature=e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe');
    expect(signed.path).toBe('/bucket/1234%2B-/123/1.txt?%2Bparam1=value3&%2Bparam2&' +
      '%7Cparam1=value4&%7Cparam2&param1=value1&param2');
  });

  it('signs with the token of a session', async () => {
    const credential = await makeCredential(
      { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'token' });
    const signed = await signOss(credential, 'cn-hangzhou', new Date(1702784856_000), request);
    expect(signed.headers['x-oss-security-token']).toBe('token');
    expect(signed.headers.authorization).toContain(
      'Signature=b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea');
  });

  it('signs links', async () => {
    const credential = await makeCredential({ accessKeyId: 'ak', accessKeySecret: 'sk' });
    const link = await presignOss(credential, 'cn-hangzhou', new Date(1702781677_000),
      { ...request, headers: {
        'x-oss-head1': 'value', 'content-type': 'application/octet-stream' } }, 599);
    expect(link).toContain('x-oss-credential=ak%2F20231217%2Fcn-hangzhou%2Foss%2Faliyun_v4_request');
    expect(link).toContain('x-oss-date=20231217T025437Z&x-oss-expires=599');
    expect(link).toContain(
      'x-oss-signature=a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe');
  });

  it('writes a parameter without a value as its name', () => {
    expect(canonicalQuery({ uploads: undefined, 'a b': '/', delimiter: '' }))
      .toBe('a%20b=%2F&delimiter&uploads');
  });
});

// The example of the vendor's page (V3 request structure and signature).
describe('ACS3', () => {
  it('signs the example', async () => {
    const credential = await makeCredential(
      { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' });
    const signed = await signAcs3(credential, new Date('2023-10-26T10:22:32Z'), {
      host: 'ecs.cn-shanghai.aliyuncs.com', action: 'RunInstances', version: '2014-05-26',
      parameters: {
        RegionId: 'cn-shanghai',
        ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      },
    }, '3156853299f313e23d1673dc12e1703d');
    expect(signed.headers.authorization).toContain(
      'Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0');
  });
});
