"""Paired differences (report items) from fam/final*/study.json"""
import json,glob,math,statistics as st
def d(a,b):
    x=[i-j for i,j in zip(a,b)]; m=sum(x)/len(x); s=st.stdev(x)/math.sqrt(len(x)); return f"{100*m:+.1f} [{100*(m-1.96*s):+.1f},{100*(m+1.96*s):+.1f}]"
for f in sorted(glob.glob("/tmp/work/nano/fam/final*/study.json")):
    o=json.load(open(f)); r={k:(v if isinstance(v,list) else v.get("report")) for k,v in o.items() if isinstance(v,(list,dict))}
    print(f,{k:round(100*sum(v)/len(v),1) for k,v in r.items() if "/" not in k})
    for s in range(5):
        if f"full/{s}" not in r: break
        y=r[f"full/{s}"]; print(" seed",s,"full",round(100*sum(y)/len(y),1),"search",round(100*o[f"full/{s}"]["search"],1),*(f"| vs {k} "+d(y,r[k]) for k in("math_parent","ja_parent","average","sum",f"ja/{s}",f"math/{s}") if k in r),*(f"| {k} {100*sum(r[k])/len(r[k]):.1f}" for k in(f"ja/{s}",f"math/{s}") if k in r))
