// Whether anything may let in anybody.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Skeleton, Space, Switch, theme } from 'antd';
import { useState } from 'react';
import { oss } from '../../api/oss';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text as messages } from './messages';

function Block({ bucket, label, hint }: { bucket?: string; label: string; hint: string }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const block = useQuery({
    queryKey: ['oss', 'public-access-block', bucket ?? ''], retry: false,
    queryFn: ({ signal }) => oss.getPublicAccessBlock(bucket, { signal }),
  });
  const change = async (blocked: boolean) => {
    setBusy(true);
    setRefused(undefined);
    try {
      await oss.putPublicAccessBlock(bucket, blocked);
      void message.success(t.saved);
    } catch (error) {
      setRefused(error);
    }
    await queries.invalidateQueries({ queryKey: ['oss', 'public-access-block'] });
    setBusy(false);
  };
  if (block.error) {
    return <div><p>{label}</p><Failure brief error={block.error} onRetry={() => void block.refetch()} /></div>;
  }
  if (block.data === undefined) return <Skeleton active paragraph={{ rows: 1 }} />;
  return (
    <div>
      <label style={{ display: 'flex', gap: 12, alignItems: 'center', cursor: 'pointer' }}>
        <Switch checked={block.data} loading={busy} onChange={(blocked) => void change(blocked)} aria-label={label} />
        {label}
      </label>
      <p style={{ color: token.colorTextDescription, margin: '4px 0 0' }}>{hint}</p>
      {Boolean(refused) && <Failure error={refused} />}
    </div>
  );
}

export function PublicAccess({ bucket }: { bucket: string }) {
  const t = useText(messages);
  return (
    <Space orientation="vertical" size="large" style={{ width: '100%' }}>
      <Block bucket={bucket} label={t.blockBucket} hint={t.blockBucketHint} />
      <Block label={t.blockAccount} hint={t.blockAccountHint} />
    </Space>
  );
}
