import { describe, expect, it } from 'vitest';
import { readPolicy, statementsOf, textOf } from './document';
import { faultOf, formatJson, parseJson } from './jsonText';

const text = `{
  "Version": "1",
  "Statement": [{
    "Sid": "\\u4e00",
    "Effect": "Deny",
    "NotAction": "oss:*",
    "Resource": ["*"],
    "Condition": {"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}
  }]
}`;

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    for (const good of [text, '[]', '{}', ' [1, -2.5e3, true, null, "\\n"] ']) {
      expect(parseJson(good)).toMatchObject({ value: JSON.parse(good) });
    }
  });
  it('is written so that people can read it', () => {
    const value = { a: [], b: ['x'], c: [{ d: {} }], e: ['y'.repeat(50), 'z'.repeat(50)] };
    expect(JSON.parse(formatJson(value))).toEqual(value);
    expect(formatJson(value).split('\n').slice(1, 4)).toEqual(['  "a": [],', '  "b": ["x"],', '  "c": [']);
  });
  it('has its faults where they are', () => {
    expect(parseJson('{\n  "a": 1,\n}')).toMatchObject({ line: 3, column: 1 });
    expect(parseJson('{\n  "a": tru\n}')).toMatchObject({ line: 2, column: 8 });
    expect(parseJson('{"a": 1, "a": 2}')).toMatchObject({ line: 1, column: 10 });
    expect(parseJson('"\n"')).toMatchObject({ line: 1 });
    expect(parseJson('')).toMatchObject({ line: 1, column: 1 });
  });
  it('knows where the server means', () => {
    expect(faultOf('Statement[0].Condition.IpAddress: wrong', text).line).toBe(8);
    expect(faultOf('Statement[0].Condition.IpAddress.acs:SourceIp: wrong', text).line).toBe(8);
    expect(faultOf('Statement[0].Effect: wrong', text).line).toBe(5);
    expect(faultOf('Statement[0].Nothing: is missing', text).line).toBe(3);
    expect(faultOf('It is too long.', text).line).toBe(1);
  });
});

describe('statements', () => {
  it('go to the visual editor and back', () => {
    const statements = statementsOf(text)!;
    expect(statements).toEqual([{
      sid: '一', effect: 'Deny', notAction: true, actions: ['oss:*'], notResource: false,
      resources: ['*'], conditions: [{ operator: 'IpAddress', key: 'acs:SourceIp', values: ['10.0.0.0/8'] }],
    }]);
    expect(statementsOf(textOf(statements))).toEqual(statements);
  });
  it('stay text where something would be lost', () => {
    expect(statementsOf(text.replace('"Sid"', '"Sidd"'))).toBeUndefined();
    expect(statementsOf(text.replace('"Resource": ["*"]', '"Resource": ["*"], "NotResource": "*"')))
      .toBeUndefined();
    expect(statementsOf('{')).toBeUndefined();
  });
  it('give a colleague no more than a prefix', () => {
    const [get, list] = JSON.parse(readPolicy('photos', '2026/', false)).Statement;
    expect(get).toEqual({ Effect: 'Allow', Action: ['oss:GetObject'], Resource: ['acs:oss:*:*:photos/2026/*'] });
    expect(list.Condition).toEqual({ StringLike: { 'oss:Prefix': ['2026/*'] } });
    expect(JSON.parse(readPolicy('photos', '', false)).Statement[1].Condition).toBeUndefined();
  });
});
