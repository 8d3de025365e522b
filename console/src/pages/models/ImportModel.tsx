import { Button, Card, Form, Input, Modal, Progress } from 'antd';
import { useSyncExternalStore } from 'react';
import { Failure } from '../../components/Failure';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { type Import, imports } from './imports';
import { text } from './messages';
import styles from './Models.module.css';

interface Values {
  source: string;
  name?: string;
}

const FORM = 'import-model';

export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText(text);
  const [form] = Form.useForm<Values>();
  const submit = ({ source, name }: Values) => {
    void imports.start(source.trim(), name?.trim() ?? '');
    form.resetFields();
    onClose();
  };
  return (
    <Modal open={open} title={t.importTitle} okText={t.start} cancelText={t.cancel}
      okButtonProps={{ htmlType: 'submit', form: FORM }} onCancel={onClose} destroyOnHidden>
      <p>{`${t.importHow} ${t.importKeepOpen}`}</p>
      <Form id={FORM} form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item name="source" label={t.source}
          rules={[{ required: true, pattern: /^\s*oss:\/\/[^/]+\/.+$/, message: t.sourceWrong }]}>
          <Input placeholder={t.sourceHint} spellCheck={false} autoComplete="off" autoFocus />
        </Form.Item>
        <Form.Item name="name" label={t.name}>
          <Input placeholder={t.nameHint} spellCheck={false} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Row({ one }: { one: Import }) {
  const t = useText(text);
  const { bytes } = useFormat();
  const { id, name, state, done, total } = one;
  const percent = state === 'done' ? 100 : total > 0 ? Math.floor((100 * done) / total) : 0;
  const status = state === 'done' ? 'success' : state === 'failed' ? 'exception' : 'normal';
  return (
    <Card size="small">
      <div className={styles.import}>
        <div>
          <div>{state === 'done' ? t.imported(name) : t.importing(name)}</div>
          <Progress percent={percent} status={status} aria-label={t.importing(name)} />
        </div>
        <span>
          {state === 'stopped' ? t.stopped : total > 0 && t.of(bytes(done), bytes(total))}
        </span>
        {state === 'running'
          ? <Button onClick={() => imports.stop(id)}>{t.cancel}</Button>
          : <Button onClick={() => imports.dismiss(id)}>{t.dismiss}</Button>}
      </div>
      {state === 'failed' && <Failure error={one.error} />}
    </Card>
  );
}

export function ImportList() {
  const t = useText(text);
  const list = useSyncExternalStore(imports.subscribe, imports.get);
  if (list.length === 0) return null;
  return (
    <ul className={styles.imports} aria-label={t.imports}>
      {list.map((one) => <li key={one.id}><Row one={one} /></li>)}
    </ul>
  );
}
