// Asks for what is to be pulled from a hub or copied from a bucket, and has the server begin.
import { useQueryClient } from '@tanstack/react-query';
import { Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { modelAdmin } from '../../api/modelAdmin';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import { follow } from './tasks';

export type FetchKind = 'pull' | 'import';
interface Values {
  source: string;
  name?: string;
  file?: string;
  hub?: string;
}

const FORM = 'fetch-model';
const SOURCE = {
  pull: /^\s*[\w.-]+\/[\w.-]+(:[\w.-]+)?\s*$/,
  import: /^\s*oss:\/\/[^/]+\/.+\.gguf\s*$/i,
};
const value = (text: string | undefined) => text?.trim() || undefined;

export function FetchDialog({ kind, onClose }: { kind: FetchKind; onClose: () => void }) {
  const t = useText(text);
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const pull = kind === 'pull';
  const submit = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    const source = values.source.trim();
    const model = value(values.name);
    try {
      const task = pull
        ? await modelAdmin.pull({ source, model, file: value(values.file), hub: values.hub })
        : await modelAdmin.importObject(source, model);
      follow([task.taskId]);
      await queries.invalidateQueries({ queryKey: ['models', 'tasks'] });
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Modal open title={pull ? t.pullTitle : t.importTitle} okText={pull ? t.pull : t.start}
      cancelText={t.cancel} confirmLoading={busy} onCancel={onClose}
      okButtonProps={{ htmlType: 'submit', form: FORM }}>
      <p>{`${pull ? t.pullHow : t.importHow} ${t.mayClose}`}</p>
      <Form id={FORM} layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item name="source" label={pull ? t.model : t.source}
          rules={[{ required: true, pattern: SOURCE[kind], message: pull ? t.modelWrong : t.sourceWrong }]}>
          <Input placeholder={pull ? t.modelHint : t.sourceHint} spellCheck={false} autoComplete="off"
            autoFocus />
        </Form.Item>
        {pull && (
          <>
            <Form.Item name="hub" label={t.hub}>
              <Select allowClear placeholder={t.hubHint} aria-label={t.hub} options={[
                { value: 'modelscope', label: 'ModelScope' }, { value: 'hf', label: 'Hugging Face' }]} />
            </Form.Item>
            <Form.Item name="file" label={t.file}>
              <Input placeholder={t.fileHint} spellCheck={false} autoComplete="off" />
            </Form.Item>
          </>
        )}
        <Form.Item name="name" label={t.name}>
          <Input placeholder={t.nameHint} spellCheck={false} autoComplete="off" />
        </Form.Item>
      </Form>
      {error !== undefined && <Failure error={error} />}
    </Modal>
  );
}
