// Every page there is, in the menu's order. A page is a folder here; its code is loaded when it is
// first opened.
import {
  ApiOutlined, AuditOutlined, BarChartOutlined, DashboardOutlined, DeploymentUnitOutlined,
  ExperimentOutlined, FolderOpenOutlined, TeamOutlined,
} from '@ant-design/icons';
import { type ComponentType, lazy, type ReactNode } from 'react';

export interface Page {
  path: string;
  label: { en: string; zh: string };
  icon: ReactNode;
  Component: ComponentType;
}

export const pages: Page[] = [
  {
    path: 'overview', label: { en: 'Overview', zh: '概览' }, icon: <DashboardOutlined />,
    Component: lazy(() => import('./overview/Overview')),
  },
  {
    path: 'connect', label: { en: 'Connect', zh: '接入' }, icon: <ApiOutlined />,
    Component: lazy(() => import('./connect/Connect')),
  },
  {
    path: 'objects', label: { en: 'Objects', zh: '对象存储' }, icon: <FolderOpenOutlined />,
    Component: lazy(() => import('./objects/Objects')),
  },
  {
    path: 'models', label: { en: 'Models', zh: '模型' }, icon: <DeploymentUnitOutlined />,
    Component: lazy(() => import('./models/Models')),
  },
  {
    path: 'playground', label: { en: 'Playground', zh: '体验中心' }, icon: <ExperimentOutlined />,
    Component: lazy(() => import('./playground/Playground')),
  },
  {
    path: 'usage', label: { en: 'Usage', zh: '用量' }, icon: <BarChartOutlined />,
    Component: lazy(() => import('./usage/Usage')),
  },
  {
    path: 'people', label: { en: 'People and keys', zh: '人员与密钥' }, icon: <TeamOutlined />,
    Component: lazy(() => import('./people/People')),
  },
  {
    path: 'activity', label: { en: 'Activity', zh: '操作记录' }, icon: <AuditOutlined />,
    Component: lazy(() => import('./activity/Activity')),
  },
];
