// Who may do what in a bucket, as its policy says. Whether a policy is right, the server says.
import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Skeleton, Space } from 'antd';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { oss } from '../../api/oss';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { Confirm } from '../people/parts/Confirm';
import { pretty } from '../people/policies/document';
import { JsonEditor } from '../people/policies/JsonEditor';
import { faultOf, isFault, parseJson } from '../people/policies/jsonText';
import { TEMPLATES, templateOf } from './bucketPolicies';
import { text as messages } from './messages';

// "The policy is invalid. Statement[0].Effect: …": from the place on.
const placed = (message: string) => message.replace(/^The policy is invalid\. /, '');

interface Refused {
  error: unknown;
  policy: string;
}

function Editor({ bucket, stored, isPublic, onChanged }: {
  bucket: string; stored: string | undefined; isPublic: boolean; onChanged: () => Promise<unknown>;
}) {
  const t = useText(messages);
  const { message } = App.useApp();
  const [policy, setPolicy] = useState(stored === undefined ? '' : pretty(stored));
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused>();

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setRefused(undefined);
    try {
      await work();
      void message.success(t.saved);
      await onChanged();
    } catch (error) {
      setRefused({ error, policy });
    }
    setBusy(false);
  };
  const parsed = parseJson(policy);
  const { error } = refused?.policy === policy ? refused : {};
  const malformed = error instanceof ApiError && /^(InvalidPolicyDocument|MalformedPolicy)$/.test(error.code);
  const fault = policy === '' ? undefined
    : isFault(parsed) ? parsed : malformed ? faultOf(placed(error.message), policy) : undefined;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <div>{t.bucketPolicyHint}</div>
      {isPublic && <Alert type="warning" showIcon title={t.policyPublic} />}
      {policy === '' && <div>{t.noPolicy}</div>}
      <Space wrap>
        {t.startFrom}
        {TEMPLATES.map((template) => (
          <Button key={template} size="small" onClick={() => setPolicy(templateOf(template, bucket))}>
            {t[template]}
          </Button>
        ))}
      </Space>
      <JsonEditor label={t.policyDocument} value={policy} onChange={setPolicy} fault={fault} rows={14} />
      {Boolean(error) && !malformed && <Failure error={error} />}
      <Space wrap>
        <Button type="primary" loading={busy} disabled={policy === '' || isFault(parsed)}
          onClick={() => void run(() => oss.putBucketPolicy(bucket, policy))}>{t.savePolicy}</Button>
        {stored !== undefined && (
          <Confirm title={t.removePolicyAsk} description={t.removePolicyHint} label={t.removePolicy}
            onConfirm={() => run(async () => {
              await oss.deleteBucketPolicy(bucket);
              setPolicy('');
            })} />
        )}
      </Space>
    </Space>
  );
}

export default function BucketPolicy({ bucket }: { bucket: string }) {
  const policy = useQuery({
    queryKey: ['oss', 'policy', bucket], staleTime: 0,
    queryFn: async ({ signal }) => {
      const stored = await oss.getBucketPolicy(bucket, { signal });
      // Who may see the policy need not be let ask for this.
      const isPublic = stored !== undefined && await oss.isPolicyPublic(bucket, { signal }).catch(() => false);
      return { stored, isPublic };
    },
  });
  if (policy.error) return <Failure error={policy.error} onRetry={() => void policy.refetch()} />;
  if (!policy.data) return <Skeleton active />;
  return <Editor bucket={bucket} {...policy.data} onChanged={() => policy.refetch()} />;
}
