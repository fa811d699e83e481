//! FedProx in Rust over the plain C face. The same bits as its C++ twin in sdk/README.md.
mod face;

use face::*;
use std::ffi::{c_char, c_void, CStr};
use std::ptr::null;
use std::sync::atomic::{AtomicPtr, Ordering};

static HOST: AtomicPtr<Host> = AtomicPtr::new(std::ptr::null_mut());

fn host() -> &'static Host {
    unsafe { &*HOST.load(Ordering::Relaxed) }
}

const fn text(ended_by_nul: &'static [u8]) -> *const c_char {
    ended_by_nul.as_ptr() as *const c_char
}

/// A tensor of the host's; dropped with its owner. A failed call gives null, and what is given null fails in turn.
struct Owned(Tensor);

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { ((*host().tensors).drop)(self.0) }
    }
}

struct FedProx {
    mu: f64,
}

unsafe extern "C" fn start(given: *const Host) -> i32 {
    HOST.store(given as *mut Host, Ordering::Relaxed);
    0
}

unsafe extern "C" fn create() -> *mut c_void {
    Box::into_raw(Box::new(FedProx { mu: 0.01 })) as *mut c_void
}

unsafe extern "C" fn destroy(this: *mut c_void) {
    drop(Box::from_raw(this as *mut FedProx));
}

unsafe extern "C" fn options(_: *mut c_void) -> *const c_char {
    text(b"[{\"name\":\"mu\",\"type\":\"float\",\"default\":0.01,\"low\":0,\"high\":\"inf\",\"choices\":[],\"meaning\":\"weight of the proximal term\"}]\0")
}

unsafe extern "C" fn set(this: *mut c_void, option: *const c_char, value: *const Argument) -> i32 {
    if CStr::from_ptr(option).to_bytes() == b"mu" {
        let value = &*value;
        (*(this as *mut FedProx)).mu = if value.tag == INT { value.value.i as f64 } else { value.value.d };
    }
    0
}

unsafe extern "C" fn plan(_: *mut c_void) -> *const c_char {
    text(b"{\"training\":[{}]}\0") // the defaults: all shared, one phase, as the manifest says
}

unsafe extern "C" fn step(this: *mut c_void, lanes: *const Lanes, batch: Batch) -> i32 {
    let (lanes, table) = (&*lanes, &*host().tensors);
    let number = |d| Number { tag: FLOAT, value: Value { d } };
    let model = text(b"\0");
    let w = Owned((lanes.rows)(lanes.this, model)); // [K, n]
    let g = Owned((lanes.gradient)(lanes.this, w.0, batch)); // [K, n]
    let g_shared = Owned((lanes.shared)(lanes.this, g.0)); // a view
    let w_shared = Owned((lanes.shared)(lanes.this, w.0)); // a view
    let received = Owned((lanes.received)(lanes.this, model)); // [1, n]
    let gap = Owned((table.sub)(w_shared.0, received.0, number(1.0)));
    let pull = Owned((table.mul_scalar)(gap.0, number((*(this as *mut FedProx)).mu)));
    if !(table.add_)(g_shared.0, pull.0, number(1.0)).is_null() && (lanes.descend)(lanes.this, model, g.0) == 0 {
        return 0;
    }
    (host().fail)((host().error)());
    1
}

static HOOKS: StrategyHooks = StrategyHooks {
    size: std::mem::size_of::<StrategyHooks>() as u32,
    plan,
    step: Some(step),
    finish: None,
    upload: None,
    next: None,
    predictor: None,
};

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static graft_plugin_1_table_1: Descriptor = Descriptor {
    size: std::mem::size_of::<Descriptor>() as u32,
    target: 100,
    kind: text(b"strategy\0"),
    id: text(b"fedprox_rust\0"),
    version: text(b"1.0.0\0"),
    summary: text(b"FedAvg with a proximal term, in Rust\0"),
    start,
    create,
    destroy,
    options,
    set,
    strategy: &HOOKS,
    module: null(),
    built: text(b"SDK 1.0, Rust\0"),
};
