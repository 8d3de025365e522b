import { Alert, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { type Acl, oss } from '../../api/oss';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import { BUCKET_NAME } from './names';

export function useAclOptions() {
  const t = useText(text);
  const acls: Acl[] = ['private', 'public-read', 'public-read-write'];
  return acls.map((value) => ({ value, label: t[value] }));
}

export function AclWarning({ acl }: { acl: string | undefined }) {
  const t = useText(text);
  if (acl === 'public-read') return <Alert type="warning" showIcon title={t.publicWarning} />;
  if (acl === 'public-read-write') return <Alert type="error" showIcon title={t.publicWriteWarning} />;
  return null;
}

interface Props {
  open: boolean;
  onClose: () => void;
  onCreated: (name: string) => void;
}

export function CreateBucket({ open, onClose, onCreated }: Props) {
  const t = useText(text);
  const [form] = Form.useForm<{ name: string; acl: Acl }>();
  const acl = Form.useWatch('acl', form);
  const options = useAclOptions();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const close = () => {
    setError(undefined);
    onClose();
  };
  const create = async (values: { name: string; acl: Acl }) => {
    setBusy(true);
    try {
      await oss.putBucket(values.name, values.acl);
      onCreated(values.name);
      close();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal open={open} title={t.createBucket} okText={t.create} cancelText={t.cancel}
      confirmLoading={busy} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false}
        initialValues={{ acl: 'private' }} onFinish={(values) => void create(values)}>
        <Form.Item name="name" label={t.bucketName} extra={t.bucketNameRule}
          rules={[{ required: true, pattern: BUCKET_NAME, message: t.bucketNameWrong }]}>
          <Input autoFocus spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Form.Item name="acl" label={t.access}><Select options={options} /></Form.Item>
      </Form>
      <AclWarning acl={acl} />
      {Boolean(error) && <Failure error={error} />}
    </Modal>
  );
}
