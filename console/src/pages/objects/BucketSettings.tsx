import { useQueryClient } from '@tanstack/react-query';
import { App, Descriptions, Drawer, Select, Skeleton, Space, Tabs } from 'antd';
import { Suspense, useState } from 'react';
import { type Acl, oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { Confirm } from '../people/parts/Confirm';
import { discardUploads } from './actions';
import { useBucketInfo, useBucketStat } from './Buckets';
import { AclWarning, useAclOptions } from './CreateBucket';
import { text } from './messages';
import { PublicAccess } from './PublicAccess';
import { lazyPart } from '../../app/patient';

const BucketPolicy = lazyPart(() => import('./BucketPolicy'));

// What was begun and never ended takes room, and keeps the bucket from being deleted.
function Unfinished({ bucket, uploads, onError }: {
  bucket: string; uploads: number; onError: (error: unknown) => void;
}) {
  const t = useText(text);
  const format = useFormat();
  const queries = useQueryClient();
  const discard = async () => {
    await discardUploads(bucket, new AbortController().signal).catch(onError);
    await queries.invalidateQueries({ queryKey: ['oss', 'stat', bucket] });
  };
  if (uploads === 0) return format.number(uploads);
  return (
    <Space>
      {format.number(uploads)}
      <Confirm title={t.discardAsk} description={t.discardHint} label={t.discardUploads} onConfirm={discard} />
    </Space>
  );
}

function General({ bucket }: { bucket: string }) {
  const t = useText(text);
  const format = useFormat();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const options = useAclOptions();
  const info = useBucketInfo(bucket);
  const stat = useBucketStat(bucket);
  const [error, setError] = useState<unknown>();

  const setAcl = async (acl: Acl) => {
    setError(undefined);
    try {
      await oss.putBucketAcl(bucket, acl);
      void message.success(t.saved);
    } catch (reason) {
      setError(reason);
    }
    await queries.invalidateQueries({ queryKey: ['oss', 'info', bucket] });
  };

  if (info.error) return <Failure error={info.error} onRetry={() => void info.refetch()} />;
  if (!info.data) return <Skeleton active />;
  const { acl, created, location, endpoint, versioning, storageClass } = info.data;
  const rows: [string, React.ReactNode][] = [
    [t.created, format.time(created)],
    [t.location, location],
    [t.endpoint, <code key="e">{endpoint}</code>],
    [t.storageClass, storageClass],
    [t.versioning, versioning || t.off],
  ];
  if (stat.data) {
    rows.push([t.objects, format.number(stat.data.objects)], [t.size, format.bytes(stat.data.bytes)],
      [t.unfinished, <Unfinished key="u" bucket={bucket} uploads={stat.data.uploads} onError={setError} />]);
  }
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <label>
        <div style={{ marginBottom: 4 }}>{t.access}</div>
        <Select value={acl} options={options} onChange={(value: Acl) => void setAcl(value)}
          aria-label={t.access} style={{ width: '100%' }} />
      </label>
      <AclWarning acl={acl} />
      {Boolean(error) && <Failure error={error} />}
      <Descriptions column={1} size="small" bordered
        items={rows.map(([label, children]) => ({ key: label, label, children }))} />
    </Space>
  );
}

export function BucketSettings({ bucket, onClose }: { bucket?: string; onClose: () => void }) {
  const t = useText(text);
  return (
    <Drawer open={bucket !== undefined} onClose={onClose} title={bucket} size={640} destroyOnHidden>
      {bucket !== undefined && (
        <Tabs destroyOnHidden items={[
          { key: 'general', label: t.general, children: <General bucket={bucket} /> },
          {
            key: 'policy', label: t.bucketPolicy,
            children: <Suspense fallback={<Skeleton active />}><BucketPolicy bucket={bucket} /></Suspense>,
          },
          { key: 'public', label: t.publicAccess, children: <PublicAccess bucket={bucket} /> },
        ]} />
      )}
    </Drawer>
  );
}
