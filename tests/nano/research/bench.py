from lab import *
import sys
torch.set_num_threads(int(sys.argv[1]))
b=init(0)
t=time.process_time();w=time.time(); train(b,BASE,10,1e-3,1); print(time.process_time()-t,time.time()-w)
p={k:v.requires_grad_() for k,v in init(0).items()}
it=batches(BASE,random.Random(0),3000); t=time.process_time()
B=[next(it) for _ in range(20)]; print("data",time.process_time()-t, sum(x.numel() for x,_ in B)/20)
from torch.profiler import profile,ProfilerActivity
ids,m=B[0]
with profile(activities=[ProfilerActivity.CPU]) as pr:
    for _ in range(3):
        o=fwd(p,ids[:,:-1]); F.cross_entropy(o.flatten(0,1),ids[:,1:].flatten()).backward()
print(pr.key_averages().table(sort_by="self_cpu_time_total",row_limit=14,max_name_column_width=40)[:3500])
