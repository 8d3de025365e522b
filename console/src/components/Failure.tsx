// Why something failed, in the server's words; a denial also says who was denied what.
import { Alert, Button, Descriptions } from 'antd';
import { ApiError } from '../api/errors';
import { diagnosticOf } from '../api/diagnostic';
import { text } from '../app/messages';
import { useText } from '../app/text';
import { useSession } from '../app/useSession';

function Denial({ error }: { error: ApiError }) {
  const t = useText(text);
  const { detail } = error;
  const account = useSession();
  if (!detail.AuthAction) return null;
  const { AuthPrincipalType: kind = '', AuthPrincipalDisplayName: id = '' } = detail;
  // Users are told by their numbers; the reader knows one of them by name.
  const isReader = kind === 'SubUser' && account?.identity.kind === 'user';
  const items = [
    { key: 'action', label: t.action, children: <code>{detail.AuthAction}</code> },
    {
      key: 'who', label: t.who,
      children: isReader ? `${account.identity.name} (${kind} ${id})` : `${kind} ${id}`,
    },
    {
      key: 'why', label: t.why,
      children: detail.NoPermissionType === 'ExplicitDeny' ? t.explicitDeny : t.implicitDeny,
    },
    { key: 'type', label: t.policyType, children: detail.PolicyType ?? '' },
  ];
  const { resource, policy, statement } = diagnosticOf(detail.EncodedDiagnosticMessage);
  if (resource) items.splice(1, 0, { key: 'what', label: t.resource, children: <code>{resource}</code> });
  if (policy) {
    items.push({ key: 'policy', label: t.decidedBy, children: t.statementOf(policy, statement + 1) });
  }
  return <Descriptions size="small" column={1} items={items} style={{ overflowWrap: 'anywhere' }} />;
}

// `brief`: where there is little room, the details are folded. `notice`: the page goes on without, and
// says in these words what it shows instead.
export function Failure({ error, onRetry, brief = false, notice }: {
  error: unknown; onRetry?: () => void; brief?: boolean; notice?: string;
}) {
  const t = useText(text);
  const api = error instanceof ApiError ? error : undefined;
  const title = api?.denied ? t.denied
    : api?.status === 404 ? t.notFound
      : api?.status === 0 ? t.noAnswer : t.wrong;
  const said = api ? `${api.message} (${api.code})` : String(error);
  // The server's words for every denial are of bucket ACLs, as the vendor's are: they come last
  // where it also says what decided.
  const explained = api?.detail.AuthAction !== undefined;
  const details = (
    <>
      {explained ? <Denial error={api} /> : <p>{said}</p>}
      {explained && <p><small>{said}</small></p>}
      {api?.requestId && <small>{`${t.requestId} ${api.requestId}`}</small>}
    </>
  );
  const action = onRetry && <Button size="small" onClick={onRetry}>{t.retry}</Button>;
  const folded = <details><summary>{t.why}</summary>{details}</details>;
  if (notice) return <Alert type="info" title={<>{notice}{folded}</>} action={action} />;
  return (
    <Alert type={api?.denied ? 'warning' : 'error'} showIcon={!brief} title={title} action={action}
      description={brief ? folded : details} />
  );
}
