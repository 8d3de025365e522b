// A button for what cannot be undone: it asks first, and says what would happen.
import { DeleteOutlined } from '@ant-design/icons';
import { Button, Popconfirm } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../app/text';
import { text as messages } from '../messages';

interface Props {
  title: string;
  description?: string;
  label: string;
  text?: string; // what is shown, where the label says more
  icon?: ReactNode;
  danger?: boolean;
  small?: boolean; // the icon alone
  disabled?: boolean;
  onConfirm: () => unknown;
}

export function Confirm({ title, description, label, text, icon, danger = true, small, disabled, onConfirm }: Props) {
  const t = useText(messages);
  return (
    <Popconfirm title={title} description={description} okText={text ?? label} cancelText={t.cancel}
      okButtonProps={{ danger }} disabled={disabled}
      onConfirm={() => {
        // What failed is shown by the page.
        void onConfirm();
      }}>
      <Button danger={danger && small} disabled={disabled} icon={icon ?? <DeleteOutlined />}
        type={small ? 'text' : 'default'} size={small ? 'small' : 'middle'}
        aria-label={label} title={small ? label : undefined}>
        {small ? null : (text ?? label)}
      </Button>
    </Popconfirm>
  );
}
