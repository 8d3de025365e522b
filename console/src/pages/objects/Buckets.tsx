import {
  DeleteOutlined, PlusOutlined, ReloadOutlined, SearchOutlined, SettingOutlined,
} from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Empty, Input, Skeleton, Space, Table, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { ApiError } from '../../api/errors';
import { type Acl, type Bucket, oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { BucketSettings } from './BucketSettings';
import { CreateBucket } from './CreateBucket';
import { DeleteBucket } from './DeleteBucket';
import { text } from './messages';
import { placeOf } from './names';
import { OpenByName } from './OpenByName';

export const useBucketStat = (bucket: string) => useQuery({
  queryKey: ['oss', 'stat', bucket],
  queryFn: ({ signal }) => oss.getBucketStat(bucket, { signal }),
});
export const useBucketInfo = (bucket: string) => useQuery({
  queryKey: ['oss', 'info', bucket],
  queryFn: ({ signal }) => oss.getBucketInfo(bucket, { signal }),
});

// What one may not see is not there, rather than zero.
const UNKNOWN = '—';

function Count({ bucket, of }: { bucket: string; of: 'objects' | 'bytes' }) {
  const format = useFormat();
  const { data, isPending } = useBucketStat(bucket);
  if (isPending) return <Skeleton.Button size="small" active />;
  if (!data) return UNKNOWN;
  return of === 'bytes' ? format.bytes(data.bytes) : format.number(data.objects);
}

export function AclTag({ acl }: { acl: Acl }) {
  const t = useText(text);
  return <Tag color={acl === 'private' ? undefined : 'warning'}>{t[acl]}</Tag>;
}

function Access({ bucket }: { bucket: string }) {
  const { data, isPending } = useBucketInfo(bucket);
  if (isPending) return <Skeleton.Button size="small" active />;
  return data ? <AclTag acl={data.acl} /> : UNKNOWN;
}

export function Buckets() {
  const t = useText(text);
  const format = useFormat();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [search, setSearch] = useState('');
  const [creating, setCreating] = useState(false);
  const [settings, setSettings] = useState<string>();
  const [deleting, setDeleting] = useState<string>();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['oss', 'buckets'],
    queryFn: ({ signal }) => oss.listBuckets({ signal }),
  });

  const reload = () => void queries.invalidateQueries({ queryKey: ['oss'] });

  if (error) {
    const denied = error instanceof ApiError && error.denied;
    return (
      <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
        <Failure error={error} onRetry={() => void refetch()} />
        {denied && <OpenByName />}
      </Space>
    );
  }
  const shown = (data ?? []).filter(({ name }) => name.includes(search.trim().toLowerCase()));
  const columns = [
    {
      title: t.bucketName, dataIndex: 'name',
      sorter: (a: Bucket, b: Bucket) => (a.name < b.name ? -1 : 1),
      render: (name: string) => <Link to={placeOf(name)}><strong>{name}</strong></Link>,
    },
    { title: t.objects, align: 'right' as const, render: (_: unknown, b: Bucket) => <Count bucket={b.name} of="objects" /> },
    { title: t.size, align: 'right' as const, render: (_: unknown, b: Bucket) => <Count bucket={b.name} of="bytes" /> },
    { title: t.access, render: (_: unknown, b: Bucket) => <Access bucket={b.name} /> },
    {
      title: t.created, dataIndex: 'created', responsive: ['lg' as const],
      sorter: (a: Bucket, b: Bucket) => (a.created < b.created ? -1 : 1),
      render: (created: string) => format.time(created),
    },
    {
      title: t.actions, align: 'right' as const,
      render: (_: unknown, { name }: Bucket) => (
        <Space>
          <Tooltip title={t.settings}>
            <Button type="text" icon={<SettingOutlined />} aria-label={`${t.settings} ${name}`}
              onClick={() => setSettings(name)} />
          </Tooltip>
          <Tooltip title={t.deleteBucket}>
            <Button type="text" icon={<DeleteOutlined />} aria-label={`${t.deleteBucket} ${name}`}
              onClick={() => setDeleting(name)} />
          </Tooltip>
        </Space>
      ),
    },
  ];
  const empty = (
    <Empty description={<><strong>{t.noBuckets}</strong><br />{t.noBucketsHint}</>}>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
        {t.createBucket}
      </Button>
    </Empty>
  );

  return (
    <Card styles={{ body: { paddingTop: 16 } }}>
      <Space wrap style={{ marginBottom: 16, width: '100%', justifyContent: 'space-between' }}>
        <Input prefix={<SearchOutlined />} placeholder={t.searchBuckets} aria-label={t.searchBuckets}
          allowClear value={search} onChange={(event) => setSearch(event.target.value)} />
        <Space>
          <Button icon={<ReloadOutlined />} aria-label={t.refresh} title={t.refresh} onClick={reload} />
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t.createBucket}
          </Button>
        </Space>
      </Space>
      <Table rowKey="name" columns={columns} dataSource={shown} loading={isPending}
        scroll={{ x: 'max-content' }} pagination={{ pageSize: 20, hideOnSinglePage: true }}
        locale={{ emptyText: isPending ? ' ' : data?.length === 0 ? empty : t.noMatch }} />
      <CreateBucket open={creating} onClose={() => setCreating(false)}
        onCreated={(name) => {
          void message.success(t.bucketMade(name));
          void queries.invalidateQueries({ queryKey: ['oss', 'buckets'] });
        }} />
      <DeleteBucket bucket={deleting} onClose={() => setDeleting(undefined)} onDone={reload} />
      <BucketSettings bucket={settings} onClose={() => setSettings(undefined)} />
    </Card>
  );
}
