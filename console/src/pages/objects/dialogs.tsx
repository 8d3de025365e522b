// The questions before something is done to objects.
import { useQuery } from '@tanstack/react-query';
import { App, Checkbox, Form, Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { oss } from '../../api/oss';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { copyAll, deleteAll, rename, type Target } from './actions';
import { text } from './messages';
import { fileName, visible } from './names';
import { useWork } from './useWork';

interface Place {
  bucket: string;
  folder: string;
  onDone: () => void;
}

interface Copying {
  names: string[];
  move: boolean;
}

function CopyDialog({ bucket, folder, copying, onClose, onRun }: {
  bucket: string; folder: string; copying: Copying; onClose: () => void;
  onRun: (target: Target, move: boolean) => void;
}) {
  const t = useText(text);
  const [form] = Form.useForm<{ bucket: string; folder?: string; overwrite?: boolean }>();
  const { data = [{ name: bucket }] } = useQuery({
    queryKey: ['oss', 'buckets'],
    queryFn: ({ signal }) => oss.listBuckets({ signal }),
  });
  const title = copying.move ? t.moveTo : t.copyTo;
  return (
    <Modal open title={title} okText={title} cancelText={t.cancel} onCancel={onClose}
      onOk={() => form.submit()}>
      <Form form={form} layout="vertical" initialValues={{ bucket, folder }}
        onFinish={({ bucket: to, folder: path = '', overwrite = false }) => {
          const prefix = path && !path.endsWith('/') ? `${path}/` : path;
          onRun({ bucket: to, prefix, overwrite }, copying.move);
        }}>
        <Form.Item name="bucket" label={t.targetBucket}>
          <Select showSearch options={data.map(({ name }) => ({ value: name, label: name }))} />
        </Form.Item>
        <Form.Item name="folder" label={t.targetFolder} extra={t.targetFolderHint}>
          <Input spellCheck={false} />
        </Form.Item>
        <Form.Item name="overwrite" valuePropName="checked" noStyle>
          <Checkbox>{t.overwrite}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}

function NameDialog({ title, label, initial, onClose, onName }: {
  title: string; label: string; initial: string; onClose: () => void; onName: (name: string) => void;
}) {
  const t = useText(text);
  const [name, setName] = useState(initial);
  const submit = () => name && onName(name);
  return (
    <Modal open title={title} okText={t.save} cancelText={t.cancel} onCancel={onClose} onOk={submit}
      okButtonProps={{ disabled: !name || name === initial }}>
      <Input aria-label={label} placeholder={label} value={name} autoFocus spellCheck={false}
        onChange={(event) => setName(event.target.value)} onPressEnter={submit} />
    </Modal>
  );
}

type Asked =
  | { kind: 'copy'; copying: Copying } | { kind: 'rename'; name: string } | { kind: 'folder' };

export function useDialogs({ bucket, folder, onDone }: Place) {
  const t = useText(text);
  const { modal } = App.useApp();
  const work = useWork(onDone);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);

  const showError = (error: unknown) =>
    void modal.error({ title: null, icon: null, width: 520, content: <Failure error={error} /> });

  const remove = (names: string[]) => {
    const folders = names.filter((name) => name.endsWith('/')).length;
    const lines = [
      names.length > folders && t.deleteObjects(names.length - folders),
      folders > 0 && t.deleteFolders(folders),
      t.cannotUndo,
    ].filter(Boolean);
    void modal.confirm({
      title: t.deleteTitle,
      content: (
        <>
          {names.length === 1 && <p><bdi>{visible(names[0]!)}</bdi></p>}
          {lines.map((line) => <div key={String(line)}>{line}</div>)}
        </>
      ),
      okText: t.delete, cancelText: t.cancel, okButtonProps: { danger: true },
      onOk: () => void work.run(t.delete, (w) => deleteAll(bucket, names, w)),
    });
  };

  const makeFolder = async (name: string) => {
    close();
    try {
      const key = `${folder}${name.replace(/\/+$/, '')}/`;
      await oss.putObject(bucket, key, new Blob([]), 'application/x-directory');
      onDone();
    } catch (error) {
      showError(error);
    }
  };

  let dialog: ReactNode = null;
  if (asked?.kind === 'copy') {
    const { copying } = asked;
    dialog = (
      <CopyDialog bucket={bucket} folder={folder} copying={copying} onClose={close}
        onRun={(target, move) => {
          close();
          void work.run(move ? t.moveTo : t.copyTo,
            (w) => copyAll(bucket, copying.names, folder, target, move, w));
        }} />
    );
  } else if (asked?.kind === 'rename') {
    const { name } = asked;
    const end = name.endsWith('/') ? '/' : '';
    const old = fileName(name).replace(/\/$/, '');
    const parent = name.slice(0, name.length - old.length - end.length);
    dialog = (
      <NameDialog title={t.rename} label={t.newName} initial={old} onClose={close}
        onName={(to) => {
          close();
          void work.run(t.rename, (w) => rename(bucket, name, parent + to + end, w));
        }} />
    );
  } else if (asked?.kind === 'folder') {
    dialog = (
      <NameDialog title={t.newFolder} label={t.newFolderName} initial="" onClose={close}
        onName={(name) => void makeFolder(name)} />
    );
  }

  return {
    showError,
    remove,
    copy: (names: string[], move: boolean) => setAsked({ kind: 'copy', copying: { names, move } }),
    rename: (name: string) => setAsked({ kind: 'rename', name }),
    newFolder: () => setAsked({ kind: 'folder' }),
    element: <>{dialog}{work.element}</>,
  };
}
