// A bucket is deleted at once where it is empty, and with all that is in it where its name is typed.
import { useQuery } from '@tanstack/react-query';
import { Input, Modal, Space, Spin } from 'antd';
import { useState } from 'react';
import { type BucketStat, oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { emptyBucket } from './actions';
import { text } from './messages';
import { useWork } from './useWork';

const isEmpty = ({ objects, uploads }: BucketStat) => objects === 0 && uploads === 0;

// Who may not count what is in it is told by the server whether it is empty.
function Question({ bucket, stat, onClose, onDelete }: {
  bucket: string; stat: BucketStat | undefined; onClose: () => void; onDelete: (contents: boolean) => void;
}) {
  const t = useText(text);
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const full = stat !== undefined && !isEmpty(stat);
  const sure = !full || typed === bucket;
  return (
    <Modal open title={t.deleteBucket} okText={full ? t.deleteBucketAndAll : t.delete} cancelText={t.cancel}
      okButtonProps={{ danger: true, disabled: !sure }} onCancel={onClose} onOk={() => onDelete(full)}>
      {!full ? <p>{stat ? t.deleteEmpty(bucket) : t.deleteBucketText(bucket)}</p> : (
        <Space orientation="vertical" style={{ width: '100%' }}>
          <div>{t.bucketHolds(bucket, format.number(stat.objects), format.bytes(stat.bytes))}</div>
          {stat.uploads > 0 && <div>{t.bucketUploads(format.number(stat.uploads))}</div>}
          <strong>{t.cannotUndo}</strong>
          <label htmlFor="bucket-to-delete">{t.typeName}</label>
          <Input id="bucket-to-delete" value={typed} autoFocus spellCheck={false} autoComplete="off"
            placeholder={bucket} onChange={(event) => setTyped(event.target.value)}
            onPressEnter={() => sure && onDelete(true)} />
        </Space>
      )}
    </Modal>
  );
}

export function DeleteBucket({ bucket, onClose, onDone }: {
  bucket: string | undefined; onClose: () => void; onDone: () => void;
}) {
  const t = useText(text);
  const work = useWork(onDone);
  const stat = useQuery({
    queryKey: ['oss', 'stat', bucket, 'now'], enabled: bucket !== undefined, staleTime: 0, gcTime: 0, retry: false,
    queryFn: ({ signal }) => oss.getBucketStat(bucket!, { signal }),
  });
  const remove = (name: string, contents: boolean) => {
    onClose();
    void work.run(t.deleteBucket, async (w) => {
      if (contents) await emptyBucket(name, w);
      w.signal.throwIfAborted();
      await oss.deleteBucket(name);
    });
  };
  return (
    <>
      {bucket !== undefined && (stat.isPending ? <Spin fullscreen aria-label={t.deleteBucket} /> : (
        <Question key={bucket} bucket={bucket} stat={stat.data} onClose={onClose}
          onDelete={(contents) => remove(bucket, contents)} />
      ))}
      {work.element}
    </>
  );
}
