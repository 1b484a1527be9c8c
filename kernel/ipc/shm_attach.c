// SPDX-License-Identifier: GPL-2.0-only
/*
 * shmat and shmdt: segments in address spaces.
 *
 * Each shmat opens the segment's memory once more, as a file of its own whose
 * private_data is the segment, with a reference. The VMAs of that file are the attach:
 * ->open and ->close count them, so that fork, exit, munmap and splitting keep nattch
 * right, and shmdt knows by the file which VMAs belong together.
 */
#include "shm.h"
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <fs/fs.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <linux/stat.h>

static struct shm_segment *vma_shm(const struct vm_area_struct *vma)
{
	return vma->vm_file->private_data;
}

static void shm_open(struct vm_area_struct *vma)
{
	struct shm_segment *shm = vma_shm(vma);

	spin_lock(&shm->perm.lock);
	shm->nattch++;
	shm->atime = ktime_get_real_seconds();
	shm->lpid = current->tgid;
	spin_unlock(&shm->perm.lock);
}

static void shm_close(struct vm_area_struct *vma)
{
	struct shm_segment *shm = vma_shm(vma);

	spin_lock(&shm->perm.lock);
	shm->lpid = current->tgid;
	shm->dtime = ktime_get_real_seconds();
	spin_unlock(&shm->perm.lock);
	shm_detach(shm);
}

/* the memory's own operations do the work */
static vm_fault_t shm_fault(struct vm_fault *vmf)
{
	const struct vm_operations_struct *memory = vma_shm(vmf->vma)->vm_ops;

	return memory->fault(vmf);
}

static const struct vm_operations_struct shm_vm_ops = {
	.open		= shm_open,
	.close		= shm_close,
	.fault		= shm_fault,
	.map_pages	= filemap_map_pages,
};

static int shm_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct shm_segment *shm = file->private_data;
	int err = shm->file->f_op->mmap(file, vma);

	if (err)
		return err;
	shm->vm_ops = vma->vm_ops;
	vma->vm_ops = &shm_vm_ops;
	shm_open(vma);
	return 0;
}

static int shm_release(struct inode *inode, struct file *file)
{
	struct shm_segment *shm = file->private_data;

	ipc_put(&shm_ids, &shm->perm);
	return 0;
}

static const struct file_operations shm_file_operations = {
	.mmap		= shm_mmap,
	.release	= shm_release,
};

/* an attach's file, which has its own reference of @shm. ERR_PTR */
static struct file *open_attach(struct shm_segment *shm, int flags)
{
	struct inode *inode = file_inode(shm->file);
	struct file *file;
	char name[16];

	snprintf(name, sizeof(name), "SYSV%08x", shm->name_key);
	ihold(inode);
	file = alloc_file_pseudo(inode, shm->file->f_path.mnt, name, flags, &shm_file_operations);
	if (IS_ERR(file)) {
		iput(inode);
		return file;
	}
	refcount_inc(&shm->perm.refs);
	file->private_data = shm;
	return file;
}

struct attach {
	unsigned long addr, prot, map_flags;
	int acc_mode, open_flags;
};

/* what the arguments of shmat mean. Return: 0, -EINVAL */
static int parse_attach(struct attach *a, unsigned long addr, int flg)
{
	bool fixed = addr;

	if (!addr) {
		if (flg & SHM_REMAP)
			return -EINVAL;
	} else if (offset_in_page(addr)) {
		if (!(flg & SHM_RND))
			return -EINVAL;
		addr &= PAGE_MASK;
		if (!addr && (flg & SHM_REMAP))
			return -EINVAL;
	}
	a->addr = addr;
	a->map_flags = MAP_SHARED | (fixed ? MAP_FIXED : 0);
	a->prot = PROT_READ;
	a->acc_mode = 0444;
	a->open_flags = O_RDONLY;
	if (!(flg & SHM_RDONLY)) {
		a->prot |= PROT_WRITE;
		a->acc_mode |= 0222;
		a->open_flags = O_RDWR;
	}
	if (flg & SHM_EXEC) {
		a->prot |= PROT_EXEC;
		a->acc_mode |= 0111;
	}
	return 0;
}

static long map_attach(struct file *file, size_t size, const struct attach *a, bool remap)
{
	struct mm_struct *mm = current->mm;
	unsigned long populate = 0;
	long ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	if (a->addr && !remap &&
	    (a->addr + size < a->addr || find_vma_intersection(mm, a->addr, a->addr + size)))
		ret = -EINVAL;
	else
		ret = do_mmap(file, a->addr, size, a->prot, a->map_flags, 0, 0, &populate);
	mmap_write_unlock(mm);
	if (populate)
		mm_populate(ret, populate);
	return ret;
}

/* find the segment for an attach, which counts at once, so that it stays. ERR_PTR */
static struct shm_segment *shm_get_attach(int id, int acc_mode) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_id(&shm_ids, id);
	struct shm_segment *shm;
	int err;

	if (IS_ERR(p))
		return ERR_CAST(p);
	shm = to_shm(p);
	err = ipcperms(p, acc_mode);
	if (!err)
		shm->nattch++;
	spin_unlock(&p->lock);
	return err ? ERR_PTR(err) : shm;
}

SYSCALL_DEFINE3(shmat, int, shmid, unsigned long, addr, int, shmflg)
{
	struct shm_segment *shm;
	struct file *file;
	struct attach a;
	long ret;

	if (shmid < 0)
		return -EINVAL;
	ret = parse_attach(&a, addr, shmflg);
	if (ret)
		return ret;
	shm = shm_get_attach(shmid, a.acc_mode);
	if (IS_ERR(shm))
		return PTR_ERR(shm);
	file = open_attach(shm, a.open_flags);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
	} else {
		ret = map_attach(file, PAGE_ALIGN(shm->size), &a, shmflg & SHM_REMAP);
		fput(file);
	}
	/* from here on the VMA counts, if there is one */
	shm_detach(shm);
	return ret;
}

/* does @vma map the page of its segment that belongs there, if the attach began at @addr? */
static bool attached_at(const struct vm_area_struct *vma, unsigned long addr)
{
	return vma->vm_ops == &shm_vm_ops && (vma->vm_start - addr) >> PAGE_SHIFT == vma->vm_pgoff;
}

/*
 * What was attached at @addr may by now be several VMAs, with holes and others' mappings
 * between them. The first of them, wherever it is, says which segment and how long.
 */
SYSCALL_DEFINE1(shmdt, unsigned long, addr)
{
	struct vm_area_struct *vma, *next;
	struct mm_struct *mm = current->mm;
	struct file *file = NULL;
	unsigned long size = 0;
	long ret = -EINVAL;

	if (offset_in_page(addr))
		return ret;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	for (vma = find_vma(mm, addr); vma; vma = next) {
		next = vma->vm_next;
		if (file && vma->vm_end - addr > size)
			break;
		if (!attached_at(vma, addr) || (file && vma->vm_file != file))
			continue;
		if (!file) {
			file = vma->vm_file;	/* compared only, once its last VMA is gone */
			size = PAGE_ALIGN(vma_shm(vma)->size);
		}
		do_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start);
		ret = 0;
	}
	mmap_write_unlock(mm);
	return ret;
}
