import { useQuery } from '@tanstack/react-query';
import { Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { type Group, ram } from '../../../api/ram';
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as common } from '../messages';
import { Listing } from '../parts/Listing';
import { useChange } from '../parts/useChange';
import { text as messages } from './messages';

export const groupPath = (name: string) => `/people/groups/${encodeURIComponent(name)}`;

export function useGroups() {
  return useQuery({ queryKey: ['people', 'groups'], queryFn: ({ signal }) => ram.listGroups({ signal }) });
}

interface Fields {
  GroupName: string;
  Comments: string;
}

// A new group, or another name and comment for `group`.
export function GroupDialog({ group, onClose }: { group?: Group; onClose: () => void }) {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const [form] = Form.useForm<Fields>();
  const save = useChange(({ GroupName, Comments }: Fields) => group
    ? ram.updateGroup(group.GroupName, GroupName, Comments) : ram.createGroup(GroupName, Comments), {
    onDone: (_, fields) => {
      onClose();
      navigate(groupPath(fields.GroupName));
    },
  });
  return (
    <Modal open title={group ? t.editGroup : t.newGroup} onCancel={onClose}
      okText={group ? c.save : c.create} cancelText={c.cancel} confirmLoading={save.isPending}
      onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => save.mutate(fields)}
        initialValues={group ?? { Comments: '' }}>
        <Form.Item name="GroupName" label={t.groupName} extra={c.nameRule}
          rules={[{ required: true, message: c.required }]}>
          <Input autoFocus autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="Comments" label={c.comments}>
          <Input.TextArea rows={2} maxLength={128} dir="auto" />
        </Form.Item>
        {save.error && <Failure error={save.error} />}
      </Form>
    </Modal>
  );
}

export function Groups() {
  const t = useText(messages);
  const c = useText(common);
  const format = useFormat();
  const groups = useGroups();
  const [making, setMaking] = useState(false);
  return (
    <>
      <Listing<Group> query={groups} keyOf={(group) => group.GroupName} search={t.search}
        empty={t.empty} searched={(group) => `${group.GroupName} ${group.Comments}`}
        create={{ label: t.newGroup, onClick: () => setMaking(true) }}
        columns={[
          {
            title: t.groupName, dataIndex: 'GroupName',
            sorter: (a, b) => (a.GroupName < b.GroupName ? -1 : 1),
            render: (name: string) => <Link to={groupPath(name)}>{name}</Link>,
          },
          {
            title: c.comments, dataIndex: 'Comments', ellipsis: true,
            render: (note: string) => <span dir="auto">{note}</span>,
          },
          {
            title: c.created, dataIndex: 'CreateDate', responsive: ['md'],
            render: (date: string) => (
              <Typography.Text type="secondary">{format.time(date)}</Typography.Text>
            ),
          },
        ]} />
      {making && <GroupDialog onClose={() => setMaking(false)} />}
    </>
  );
}
