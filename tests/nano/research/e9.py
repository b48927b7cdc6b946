from lab2 import *
tag=sys.argv[1]; c=json.loads(sys.argv[2]); b=torch.load("e7a_base.pt"); m=torch.load("e8a_math.pt")
fz=tuple(c.get("freeze",()))
j=train(b,with_replay(JAP,c["jrep"]),c["js"],c["jl"],3,tokens=800,log=200,freeze=fz,anchor=c.get("anchor",0)); torch.save(j,f"{tag}_ja.pt"); report(j,"ja")
for wm,wj in ((1,1),(.5,.5),(.8,.8),(1,.6)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
