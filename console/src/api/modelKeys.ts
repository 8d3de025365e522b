// Keys with which models are called: Model Studio's management API (2026-02-10).
import { ApiError } from './errors';
import { type Options, roa } from './http';

const MODEL_STUDIO = { name: 'modelstudio', version: '2026-02-10' };
const KEYS = '/modelstudio/apikeys';

export interface ModelKey {
  apiKeyId: string;
  description: string;
  workspaceId: string;
  createdBy: string;
  gmtCreate: number;
  disabled: 0 | 1;
  auth: { modelAccessScope: { allowAllModels: boolean; accessibleModels: string[] } };
  tokensPerMinute: number; // 0: no limit, as for maxConcurrent
  maxConcurrent: number;
  expiresAt?: string;
}
export interface NewModelKey {
  apiKeyId: string;
  apiKeyValue: string;
}
export interface ModelKeySettings {
  description: string;
  models: string[]; // none: all
  tokensPerMinute: number;
  maxConcurrent: number;
  expiresAt?: string;
}

type Parameters = Record<string, string | number | boolean | undefined>;

function call<T = object>(
  method: string, action: string, path: string, parameters: Parameters = {}, options: Options = {},
): Promise<T> {
  return roa<T>(MODEL_STUDIO, { method, path, action }, parameters, options);
}

const pathOf = (id: string, more = '') => `${KEYS}/${encodeURIComponent(id)}${more}`;

function parametersOf({ models, ...rest }: ModelKeySettings): Parameters {
  const scope = 'auth.modelAccessScope';
  const listed = models.map((model, i) => [`${scope}.accessibleModels.${i + 1}`, model] as const);
  const auth: Parameters = models.length === 0 ? { 'auth.type': 'All' }
    : { 'auth.type': 'Custom', [`${scope}.allowAllModels`]: false, ...Object.fromEntries(listed) };
  return { ...rest, ...auth };
}

export const modelKeys = {
  async list(options: Options = {}): Promise<ModelKey[]> {
    const keys: ModelKey[] = [];
    for (let nextToken: string | undefined = '0'; nextToken !== undefined;) {
      const page: { apiKeys: ModelKey[]; nextToken?: string } = await call(
        'GET', 'ListApiKeys', KEYS, { maxResults: 100, nextToken }, options);
      keys.push(...page.apiKeys);
      nextToken = page.nextToken;
    }
    return keys;
  },
  create: async (settings: ModelKeySettings) =>
    (await call<{ apiKey: NewModelKey }>('POST', 'CreateApiKey', KEYS, parametersOf(settings))).apiKey,
  update: (id: string, settings: ModelKeySettings) =>
    call('PUT', 'UpdateApiKey', pathOf(id), parametersOf(settings)),
  enable: (id: string) => call('PUT', 'EnableApiKey', pathOf(id, '/enable')),
  disable: (id: string) => call('PUT', 'DisableApiKey', pathOf(id, '/disable')),
  reset: async (id: string) =>
    (await call<{ apiKey: NewModelKey }>('PUT', 'ResetApiKey', pathOf(id, '/reset'))).apiKey,
  delete: (id: string) => call('DELETE', 'DeleteApiKey', pathOf(id)),
};

// Whether an answer means that this server has no such operation.
export function isLacking(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 501 ||
    /^(NotImplemented|InvalidVersion|InvalidAction|InvalidProduct|UnsupportedOperation)/.test(error.code));
}
