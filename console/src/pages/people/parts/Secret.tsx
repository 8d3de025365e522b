// A secret that is shown once: to copy, or to keep in a file.
import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Modal, Typography } from 'antd';
import { CopyButton } from '../../../components/Command';
import { useText } from '../../../app/text';
import { text as messages } from '../messages';
import styles from './people.module.css';

export interface SecretField {
  label: string;
  value: string;
}

function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function download(name: string, fields: SecretField[]) {
  const rows = [fields.map(({ label }) => label), fields.map(({ value }) => value)];
  const csv = rows.map((row) => row.map(quoted).join(',')).join('\r\n') + '\r\n';
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

export function SecretFields({ name, fields }: { name: string; fields: SecretField[] }) {
  const t = useText(messages);
  return (
    <div className={styles.stack}>
      <Alert type="warning" showIcon title={t.secretOnce} />
      <dl className={styles.secret}>
        {fields.map(({ label, value }) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt><Typography.Text type="secondary">{label}</Typography.Text></dt>
            <dd><code>{value}</code></dd>
            <dd><CopyButton text={value} label={t.copyOf(label)} /></dd>
          </div>
        ))}
      </dl>
      <div>
        <Button icon={<DownloadOutlined />} onClick={() => download(name, fields)}>{t.download}</Button>
      </div>
    </div>
  );
}

export function SecretDialog({ title, name, fields, onClose }: {
  title: string; name: string; fields: SecretField[] | undefined; onClose: () => void;
}) {
  const t = useText(messages);
  return (
    <Modal open={fields !== undefined} title={title} onCancel={onClose} destroyOnHidden
      mask={{ closable: false }}
      footer={<Button type="primary" onClick={onClose}>{t.secretKept}</Button>}>
      {fields && <SecretFields name={name} fields={fields} />}
    </Modal>
  );
}
