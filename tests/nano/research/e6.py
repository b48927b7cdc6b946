from lab import *
b=torch.load(sys.argv[1]); j=torch.load(sys.argv[2]); tag=sys.argv[3]; c=json.loads(sys.argv[4])
m=train(b,with_replay(MATHP,c["rep"]),c["ms"],c["ml"],2,tokens=800,log=200,freeze=tuple(c.get("freeze",())),anchor=c.get("anchor",0)); torch.save(m,f"{tag}_math.pt"); report(m,"math")
for wm,wj in ((.5,.5),(.75,.75),(1,1),(1,.6),(.6,1)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
