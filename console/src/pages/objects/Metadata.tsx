import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Space } from 'antd';
import { useState } from 'react';
import { type ObjectHead, oss, STORED_HEADERS } from '../../api/oss';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import type { ObjectPlace } from './ObjectDrawer';

interface Values {
  contentType: string;
  headers: Record<string, string | undefined>;
  metadata: { name: string; value?: string }[];
}

async function save({ bucket, objectKey: key }: ObjectPlace, values: Values) {
  // A copy has the bucket's access again: what the object had of its own stays.
  const acl = await oss.getObjectAcl(bucket, key);
  const headers = Object.entries(values.headers).filter(([, value]) => value);
  await oss.copyObject({ bucket, key }, { bucket, key }, {
    contentType: values.contentType || 'application/octet-stream',
    headers: Object.fromEntries(headers) as Record<string, string>,
    metadata: Object.fromEntries(values.metadata.map(({ name, value }) => [name.toLowerCase(), value ?? ''])),
  }, true);
  if (acl !== 'default') await oss.putObjectAcl(bucket, key, acl);
}

export function Metadata(props: ObjectPlace & { head: ObjectHead; onSaved: () => void }) {
  const t = useText(text);
  const { head, onSaved } = props;
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const initial: Values = {
    contentType: head.contentType,
    headers: head.headers,
    metadata: Object.entries(head.metadata).map(([name, value]) => ({ name, value })),
  };
  const submit = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      await save(props, values);
      onSaved();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical" initialValues={initial} onFinish={(values: Values) => void submit(values)}>
      <Form.Item name="contentType" label={t.contentType}><Input spellCheck={false} /></Form.Item>
      {STORED_HEADERS.map((name) => (
        <Form.Item key={name} name={['headers', name]} label={name}><Input spellCheck={false} /></Form.Item>
      ))}
      <Form.List name="metadata">
        {(fields, { add, remove }) => (
          <fieldset style={{ border: 0, padding: 0, margin: '0 0 16px' }}>
            <legend>{t.userMetadata}</legend>
            {fields.map(({ key, name }) => (
              <Space key={key} align="baseline" style={{ display: 'flex' }}>
                <Form.Item name={[name, 'name']}
                  rules={[{ required: true, pattern: /^[a-zA-Z0-9-]+$/, message: t.metadataRule }]}>
                  <Input aria-label={t.metadataName} placeholder={t.metadataName} spellCheck={false} />
                </Form.Item>
                <Form.Item name={[name, 'value']}>
                  <Input aria-label={t.value} placeholder={t.value} spellCheck={false} />
                </Form.Item>
                <Button type="text" icon={<MinusCircleOutlined />} aria-label={t.remove}
                  onClick={() => remove(name)} />
              </Space>
            ))}
            <Button type="dashed" icon={<PlusOutlined />} onClick={() => add()}>{t.addMetadata}</Button>
          </fieldset>
        )}
      </Form.List>
      <Alert type="info" title={t.metadataCopies} style={{ marginBottom: 16 }} />
      {Boolean(error) && <Failure error={error} />}
      <Button type="primary" htmlType="submit" loading={busy}>{t.save}</Button>
    </Form>
  );
}
