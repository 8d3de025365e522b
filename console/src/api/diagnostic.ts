// What EncodedDiagnosticMessage of a denial says. It is encoded and not encrypted (docs/identity.md), and
// tells a caller only what that caller may know.
export interface Diagnostic {
  resource: string;
  policy: string; // empty: none denied it explicitly
  statement: number; // from 0 on
  context: [key: string, value: string][];
}

interface Message {
  AuthResource?: string;
  AuthConditions?: { ConditionKey: string; ConditionValues: string[] }[];
  MatchedPolicies?: { PolicyIdentifier?: string; Statement?: number }[];
}

export function diagnosticOf(encoded: string | undefined): Diagnostic {
  const nothing: Diagnostic = { resource: '', policy: '', statement: 0, context: [] };
  if (!encoded) return nothing;
  try {
    const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    const message = JSON.parse(new TextDecoder().decode(bytes)) as Message;
    const matched = message.MatchedPolicies?.[0];
    return {
      resource: message.AuthResource ?? '',
      policy: matched?.PolicyIdentifier ?? '',
      statement: matched?.Statement ?? 0,
      context: (message.AuthConditions ?? [])
        .flatMap(({ ConditionKey: key, ConditionValues: values }) =>
          values.map((value): [string, string] => [key, value])),
    };
  } catch {
    return nothing; // of a later server
  }
}
