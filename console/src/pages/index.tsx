// Every page there is, in the menu's order. A page is a folder here; its code is loaded when it is
// first opened.
import {
  ApiOutlined, AuditOutlined, BarChartOutlined, DashboardOutlined, DeploymentUnitOutlined,
  ExperimentOutlined, FolderOpenOutlined, TeamOutlined,
} from '@ant-design/icons';
import { type ComponentType, type ReactNode } from 'react';
import { lazyPart } from '../app/patient';

export interface Page {
  path: string;
  label: { en: string; zh: string };
  icon: ReactNode;
  load: () => Promise<unknown>;
  Component: ComponentType;
}

const loaded = (load: () => Promise<{ default: ComponentType }>) => ({ load, Component: lazyPart(load) });

export const pages: Page[] = [
  {
    path: 'overview', label: { en: 'Overview', zh: '概览' }, icon: <DashboardOutlined />,
    ...loaded(() => import('./overview/Overview')),
  },
  {
    path: 'connect', label: { en: 'Connect', zh: '接入' }, icon: <ApiOutlined />,
    ...loaded(() => import('./connect/Connect')),
  },
  {
    path: 'objects', label: { en: 'Objects', zh: '对象存储' }, icon: <FolderOpenOutlined />,
    ...loaded(() => import('./objects/Objects')),
  },
  {
    path: 'models', label: { en: 'Models', zh: '模型' }, icon: <DeploymentUnitOutlined />,
    ...loaded(() => import('./models/Models')),
  },
  {
    path: 'playground', label: { en: 'Playground', zh: '体验中心' }, icon: <ExperimentOutlined />,
    ...loaded(() => import('./playground/Playground')),
  },
  {
    path: 'usage', label: { en: 'Usage', zh: '用量' }, icon: <BarChartOutlined />,
    ...loaded(() => import('./usage/Usage')),
  },
  {
    path: 'people', label: { en: 'People and keys', zh: '人员与密钥' }, icon: <TeamOutlined />,
    ...loaded(() => import('./people/People')),
  },
  {
    path: 'activity', label: { en: 'Activity', zh: '操作记录' }, icon: <AuditOutlined />,
    ...loaded(() => import('./activity/Activity')),
  },
];

// Fetches the page that this address will show, while somebody still signs in.
export function preload(): void {
  const { hash } = location;
  const page = pages.find(({ path }) => hash.startsWith(`#/${path}`)) ?? pages[0]!;
  page.load().catch(() => undefined); // it is tried again when it is shown
}
