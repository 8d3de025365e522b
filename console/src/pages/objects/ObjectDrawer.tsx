import { DownloadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Descriptions, Drawer, Select, Skeleton, Space, Tabs } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { type ObjectAcl, type ObjectHead, oss } from '../../api/oss';
import { simulatorPath } from '../../api/simulation';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { download } from './actions';
import { AclWarning } from './CreateBucket';
import { Metadata } from './Metadata';
import { text } from './messages';
import { fileName, visible } from './names';
import { Preview } from './Preview';
import { Share } from './Share';

export interface ObjectPlace {
  bucket: string;
  objectKey: string;
}

export type DrawerTab = 'preview' | 'share';

function Details({ bucket, objectKey, head }: ObjectPlace & { head: ObjectHead }) {
  const t = useText(text);
  const format = useFormat();
  const rows: [string, string][] = [
    [t.key, visible(objectKey)],
    [t.path, `oss://${bucket}/${visible(objectKey)}`],
    [t.size, `${format.bytes(head.size)} (${format.number(head.size)} B)`],
    [t.modified, format.time(head.modified)],
    [t.contentType, head.contentType],
    [t.etag, head.etag],
    [t.crc64, head.crc64],
    [t.objectType, head.type],
    [t.storageClass, head.storageClass],
    ...Object.entries(head.headers),
    ...Object.entries(head.metadata).map(([name, value]): [string, string] => [`x-oss-meta-${name}`, value]),
  ];
  return (
    <Descriptions column={1} size="small" bordered
      items={rows.filter(([, value]) => value).map(([label, value]) => ({
        key: label, label, children: <bdi style={{ overflowWrap: 'anywhere' }}>{value}</bdi>,
      }))} />
  );
}

function Permissions({ bucket, objectKey }: ObjectPlace) {
  const t = useText(text);
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [error, setError] = useState<unknown>();
  const queryKey = ['oss', 'object-acl', bucket, objectKey];
  const acl = useQuery({
    queryKey, queryFn: ({ signal }) => oss.getObjectAcl(bucket, objectKey, { signal }),
  });
  if (acl.error) return <Failure error={acl.error} onRetry={() => void acl.refetch()} />;
  if (!acl.data) return <Skeleton active />;
  const acls: ObjectAcl[] = ['default', 'private', 'public-read', 'public-read-write'];
  const change = async (value: ObjectAcl) => {
    setError(undefined);
    try {
      await oss.putObjectAcl(bucket, objectKey, value);
      void message.success(t.saved);
    } catch (reason) {
      setError(reason);
    }
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <label htmlFor="object-acl">{t.objectAcl}</label>
      <Select id="object-acl" value={acl.data} onChange={(value: ObjectAcl) => void change(value)} aria-label={t.objectAcl}
        options={acls.map((value) => ({ value, label: t[value] }))} style={{ width: '100%' }} />
      <AclWarning acl={acl.data} />
      {Boolean(error) && <Failure error={error} />}
      <Link to={simulatorPath({
        action: 'oss:GetObject', resource: `acs:oss:*:*:${bucket}/${objectKey}`,
      })}>{t.whoMay}</Link>
    </Space>
  );
}

function Contents({ bucket, objectKey, first, onChanged }: ObjectPlace & {
  first: DrawerTab; onChanged: () => void;
}) {
  const t = useText(text);
  const head = useQuery({
    queryKey: ['oss', 'head', bucket, objectKey],
    queryFn: ({ signal }) => oss.headObject(bucket, objectKey, { signal }),
  });
  if (head.error) return <Failure error={head.error} onRetry={() => void head.refetch()} />;
  if (!head.data) return <Skeleton active />;
  const place = { bucket, objectKey };
  return (
    <Tabs destroyOnHidden defaultActiveKey={first} items={[
      { key: 'preview', label: t.preview, children: <Preview {...place} head={head.data} /> },
      { key: 'details', label: t.details, children: <Details {...place} head={head.data} /> },
      { key: 'share', label: t.share, children: <Share {...place} /> },
      {
        key: 'metadata', label: t.metadata,
        children: <Metadata {...place} head={head.data} onSaved={() => {
          void head.refetch();
          onChanged();
        }} />,
      },
      { key: 'access', label: t.permissions, children: <Permissions {...place} /> },
    ]} />
  );
}

export function ObjectDrawer({ bucket, objectKey, first = 'preview', onClose, onChanged }: {
  bucket: string; objectKey?: string; first?: DrawerTab; onClose: () => void; onChanged: () => void;
}) {
  const t = useText(text);
  return (
    <Drawer open={objectKey !== undefined} onClose={onClose} size={720} destroyOnHidden
      title={<bdi>{visible(fileName(objectKey ?? ''))}</bdi>}
      extra={objectKey !== undefined && (
        <Button icon={<DownloadOutlined />} onClick={() => void download(bucket, objectKey)}>
          {t.download}
        </Button>
      )}>
      {objectKey !== undefined && (
        <Contents key={objectKey} bucket={bucket} objectKey={objectKey} first={first}
          onChanged={onChanged} />
      )}
    </Drawer>
  );
}
