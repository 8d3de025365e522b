// The signature of RPC APIs, version 3 (ACS3-HMAC-SHA256).
// https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
import type { Credential } from './credential';
import { hex, percentEncode, randomHex } from './encode';
import { sha256 } from './hmac';

const SCHEME = 'ACS3-HMAC-SHA256';
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface RpcRequest {
  host: string; // as the browser sends it
  action: string;
  version: string;
  parameters: Record<string, string>;
  // ROA APIs have a method and a path for each operation.
  method?: string;
  path?: string;
}

export interface SignedRpc {
  path: string;
  headers: Record<string, string>;
}

export async function signAcs3(
  credential: Credential, now: Date, request: RpcRequest, nonce = randomHex(16),
): Promise<SignedRpc> {
  const query = Object.entries(request.parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  const headers: Record<string, string> = {
    'x-acs-action': request.action,
    'x-acs-content-sha256': EMPTY_SHA256,
    'x-acs-date': now.toISOString().replace(/\.\d{3}/, ''),
    'x-acs-signature-nonce': nonce,
    'x-acs-version': request.version,
  };
  if (credential.securityToken) {
    headers['x-acs-accesskey-id'] = credential.accessKeyId;
    headers['x-acs-security-token'] = credential.securityToken;
  }
  const signed: [string, string][] = [['host', request.host], ...Object.entries(headers)];
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim()}\n`).join('');
  const { method = 'POST', path = '/' } = request;
  const canonical = [method, path, query, lines, names, EMPTY_SHA256].join('\n');
  const sum = hex(await credential.acs3.sign(`${SCHEME}\n${hex(await sha256(canonical))}`));
  headers.authorization =
    `${SCHEME} Credential=${credential.accessKeyId},SignedHeaders=${names},Signature=${sum}`;
  return { path: query ? `${path}?${query}` : path, headers };
}
