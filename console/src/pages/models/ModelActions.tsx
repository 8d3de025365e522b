// What can be done with a model: load, unload, pin, delete. What policy denies is said by the
// server, and shown with its reason.
import { DeleteOutlined, DownOutlined, PoweroffOutlined, PushpinOutlined, ThunderboltOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { type AdminModel, modelAdmin } from '../../api/modelAdmin';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';

type Action = 'load' | 'unload' | 'pin' | 'unpin' | 'delete';

export function ModelActions({ model }: { model: AdminModel }) {
  const t = useText(text);
  const { bytes } = useFormat();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { model: name, status, pinned } = model;

  const run = async (action: Action) => {
    setBusy(true);
    try {
      await modelAdmin[action](name);
    } catch (error) {
      modal.error({
        title: t[`${action}Failed`](name), icon: null, width: 560, content: <Failure error={error} />, okText: t.close,
      });
    }
    setBusy(false);
    await queries.invalidateQueries({ queryKey: ['models'] });
  };
  const remove = () => modal.confirm({
    title: t.deleteTitle(name), content: t.deleteText(bytes(model.fileBytes)),
    okText: t.delete, cancelText: t.cancel, okButtonProps: { danger: true },
    onOk: () => run('delete'),
  });
  const inMemory = status === 'loaded';
  const items = [
    inMemory
      ? { key: 'unload', icon: <PoweroffOutlined />, label: t.unload, onClick: () => void run('unload') }
      : {
        key: 'load', icon: <ThunderboltOutlined />, label: t.load, disabled: status !== 'unloaded',
        onClick: () => void run('load'),
      },
    {
      key: 'pin', icon: <PushpinOutlined />, label: pinned ? t.unpin : t.pin,
      onClick: () => void run(pinned ? 'unpin' : 'pin'),
    },
    { type: 'divider' as const },
    { key: 'delete', icon: <DeleteOutlined />, label: `${t.delete}…`, danger: true, onClick: () => void remove() },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items }}>
      <Button loading={busy} aria-label={t.actionsOf(name)}>
        {t.actions}
        <DownOutlined />
      </Button>
    </Dropdown>
  );
}
