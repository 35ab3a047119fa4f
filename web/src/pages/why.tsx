import type { Schemas } from '../api/client';
import { useWhy } from '../api/lists';
import { pageOf } from '../lib/router';
import { Why } from '../parts/because';
import { IdLink, Lines, Trouble } from '../parts/bits';
import { At } from '../parts/now';

type Node = Schemas['WhyNode'];

export function WhyPage({ id }: { id: string }) {
  const { data, error, refetch } = useWhy(id);
  return (
    <div className="page">
      <header>
        <h1>Why</h1>
        <p className="quiet">
          The causes of <span className="mono">{id}</span>, each beneath what it caused, back to the
          scan.
        </p>
      </header>
      {error && !data ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : data ? (
        <div className="tree">
          <NodeView node={data} />
        </div>
      ) : (
        <Lines />
      )}
    </div>
  );
}

function NodeView({ node }: { node: Node }) {
  const shown = !pageOf(node.id).startsWith('/why/');
  return (
    <div>
      <p>
        {node.text}{' '}
        <span className="quiet">
          {node.at && <At at={node.at} />}{' '}
          {shown ? <IdLink id={node.id} /> : <code>{node.id}</code>}
        </span>
      </p>
      {node.because && <Why because={node.because} />}
      {node.causes.length > 0 && (
        <ul>
          {node.causes.map((cause) => (
            <li key={cause.id + cause.text}>
              <NodeView node={cause} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
