from lab import *
import time
p=torch.load("e4a_ja.pt"); its=DEVJ[:200]
t=time.process_time(); a=score(p,its); t1=time.process_time(); b=score(p,its,True); t2=time.process_time()
print(sum(a[0]),sum(b[0]),sum(x!=y for x,y in zip(a[1],b[1])),t1-t,t2-t1)
