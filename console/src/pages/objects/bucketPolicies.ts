// What a bucket's policy may begin with.
import { formatJson } from '../people/policies/jsonText';

export type Template = 'everybodyReads' | 'onlyEncrypted' | 'onlyFrom';
export const TEMPLATES: Template[] = ['everybodyReads', 'onlyEncrypted', 'onlyFrom'];

export function templateOf(template: Template, bucket: string): string {
  const objects = `acs:oss:*:*:${bucket}/*`;
  const all = [`acs:oss:*:*:${bucket}`, objects];
  const deny = (Condition: object) =>
    ({ Effect: 'Deny', Principal: ['*'], Action: ['oss:*'], Resource: all, Condition });
  const statements: Record<Template, object> = {
    everybodyReads: { Effect: 'Allow', Principal: ['*'], Action: ['oss:GetObject'], Resource: [objects] },
    onlyEncrypted: deny({ Bool: { 'acs:SecureTransport': ['false'] } }),
    onlyFrom: deny({ NotIpAddress: { 'acs:SourceIp': ['192.168.0.0/16', '127.0.0.1'] } }),
  };
  return formatJson({ Version: '1', Statement: [statements[template]] });
}
