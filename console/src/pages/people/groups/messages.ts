import { texts } from '../../../app/text';

export const text = texts({
  en: {
    search: 'Search groups',
    newGroup: 'New group',
    empty: 'No groups yet. A group gives its policies to all of its members.',
    groupName: 'Group name',
    editGroup: 'Edit the group',
    deleteAsk: 'Delete this group?',
    deleteWhat: 'Its members stay, and lose what the group allowed them.',
    members: 'Members',
    noMembers: 'No members',
    chooseUser: 'Choose a user',
    add: 'Add',
    removeOf: (name: string) => `Remove ${name}`,
    removeAsk: 'Remove this user from the group?',
  },
  zh: {
    search: '搜索用户组',
    newGroup: '创建用户组',
    empty: '还没有用户组。用户组的策略对其所有成员生效。',
    groupName: '用户组名称',
    editGroup: '编辑用户组',
    deleteAsk: '删除此用户组？',
    deleteWhat: '其成员会保留，但失去该组授予的权限。',
    members: '成员',
    noMembers: '没有成员',
    chooseUser: '选择用户',
    add: '添加',
    removeOf: (name: string) => `移除 ${name}`,
    removeAsk: '将此用户移出用户组？',
  },
});
