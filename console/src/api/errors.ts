// Why a request failed, whichever service said so.

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: no answer came
    readonly code: string,
    message: string,
    readonly requestId = '',
    // AccessDeniedDetail: who was denied what, and by which kind of policy.
    readonly detail: Record<string, string> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get denied(): boolean {
    return this.status === 403 && !this.expired && !/^Invalid|^Signature/.test(this.code);
  }
  get expired(): boolean {
    return /TokenExpired|^InvalidSecurityToken/.test(this.code);
  }
  // Worth another try later: nothing was wrong with the request.
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function textsOf(element: Element): Record<string, string> {
  return Object.fromEntries(Array.from(element.children, (c) => [c.tagName, c.textContent ?? '']));
}

function fromXml(status: number, body: string): ApiError | undefined {
  const root = new DOMParser().parseFromString(body, 'text/xml').documentElement;
  if (root.tagName !== 'Error') return undefined;
  const detail = root.querySelector('AccessDeniedDetail');
  const { Code = '', Message = '', RequestId = '' } = textsOf(root);
  return new ApiError(status, Code, Message, RequestId, detail ? textsOf(detail) : {});
}

function fromJson(status: number, body: string): ApiError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, ...own } = value as { error?: object };
  // RPC: {Code, Message, RequestId, AccessDeniedDetail}; OpenAI: {error: {code, message, type}}.
  const text = { ...own, ...error } as Record<string, unknown>;
  const pick = (...names: string[]) => String(names.map((n) => text[n]).find((v) => v) ?? '');
  const detail = (text.AccessDeniedDetail ?? {}) as Record<string, string>;
  return new ApiError(
    status, pick('Code', 'code', 'type'), pick('Message', 'message'),
    pick('RequestId', 'request_id'), detail,
  );
}

export function readError(status: number, contentType: string, body: string): ApiError {
  const read = contentType.includes('xml') ? fromXml : fromJson;
  return (body ? read(status, body) : undefined) ??
    new ApiError(status, `HTTP ${status}`, body.slice(0, 300).trim());
}
